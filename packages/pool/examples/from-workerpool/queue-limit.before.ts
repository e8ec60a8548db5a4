import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2, maxQueueSize: 2 });

async function countUnlessBusy(limit: number): Promise<number | string> {
  try {
    return await pool.exec('countPrimes', [limit]);
  } catch {
    return 'too busy';
  }
}
console.log(...(await Promise.all([10, 100, 1000, 10, 100, 1000].map(countUnlessBusy))));

await pool.terminate();
