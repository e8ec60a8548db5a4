import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

try {
  await pool.exec('factorial', [-1]);
} catch (error) {
  console.log((error as Error).message);
}

await pool.terminate();
