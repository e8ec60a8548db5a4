import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

let done = 0;
const tasks = [10, 100, 1000, 2000].map(async (limit) => {
  await pool.exec('countPrimes', [limit]);
  done++;
});
await Promise.all(tasks); // terminate() would reject tasks that wait for a worker
await pool.terminate();
console.log(done);
