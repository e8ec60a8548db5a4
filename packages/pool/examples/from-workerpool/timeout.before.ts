import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

try {
  await pool.exec('spin').timeout(50);
} catch (error) {
  console.log(error instanceof workerpool.Promise.TimeoutError);
}

await pool.terminate();
