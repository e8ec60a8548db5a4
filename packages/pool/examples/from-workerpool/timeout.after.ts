import { TaskTimeout, ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

try {
  await executor.submit('spin', [], { timeout: 50 });
} catch (error) {
  console.log(error instanceof TaskTimeout);
}
