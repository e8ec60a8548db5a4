import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

console.log(await executor.submit('default', ['hello']));
console.log(await executor.submit('countPrimes', [100])); // or executor.call.countPrimes(100)
