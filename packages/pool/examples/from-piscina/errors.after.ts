import { TaskNotFound, ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

try {
  await executor.submit('parse', ['hello']);
} catch (error) {
  console.log(error instanceof SyntaxError);
}
try {
  // @ts-expect-error the compiler knows the tasks
  await executor.submit('countPrims', [1]);
} catch (error) {
  if (error instanceof TaskNotFound) console.log('no such task');
}
