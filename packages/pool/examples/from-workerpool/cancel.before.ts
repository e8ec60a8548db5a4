import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

const endless = pool.exec('spin');
setTimeout(() => endless.cancel(), 50);
try {
  await endless;
} catch (error) {
  console.log(error instanceof workerpool.Promise.CancellationError);
}
console.log(await pool.exec('countPrimes', [100]));

await pool.terminate();
