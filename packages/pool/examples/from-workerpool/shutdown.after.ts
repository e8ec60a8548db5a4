import { ThreadPoolExecutor } from '@pkg/pool';

const executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url), {
  maxWorkers: 2,
});

let done = 0;
for (const limit of [10, 100, 1000, 2000]) {
  void executor.submit('countPrimes', [limit]).then(() => done++);
}
await executor.shutdown(); // waits for all tasks
console.log(done);
