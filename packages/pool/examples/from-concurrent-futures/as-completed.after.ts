import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

let total = 0;
for await (const count of executor.map('countPrimes', [10, 100, 1000], { ordered: false })) total += count;
console.log(total);
