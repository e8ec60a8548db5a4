import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

const counts: number[] = [];
for await (const count of executor.map('countPrimes', [10, 100, 1000])) counts.push(count);
console.log(...counts);
