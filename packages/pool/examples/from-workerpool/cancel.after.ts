import { TaskCancelled, ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

const endless = executor.submit('spin');
setTimeout(() => endless.cancel(), 50);
try {
  await endless;
} catch (error) {
  console.log(error instanceof TaskCancelled);
}
console.log(await executor.submit('countPrimes', [100]));
