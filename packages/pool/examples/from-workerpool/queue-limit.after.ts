import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

let underWay = 0;
async function countUnlessBusy(limit: number): Promise<number | string> {
  if (underWay === 4) return 'too busy';
  underWay++;
  try {
    return await executor.submit('countPrimes', [limit]);
  } finally {
    underWay--;
  }
}
console.log(...(await Promise.all([10, 100, 1000, 10, 100, 1000].map(countUnlessBusy))));
