import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

function* limits() {
  for (let limit = 0; limit < 100; limit++) yield limit;
}
let total = 0;
for await (const count of executor.map('countPrimes', limits(), { concurrency: 4 })) total += count;
console.log(total);
