import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2, graceMs: 0 },
);

const controller = new AbortController();
const endless = executor.submit('spin', [], { signal: controller.signal });
setTimeout(() => controller.abort(), 50);
try {
  await endless;
} catch (error) {
  console.log((error as Error).name);
}
console.log(await executor.submit('countPrimes', [100]));
