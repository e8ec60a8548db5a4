import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

console.log(await pool.exec('factorial', [4], { on: (factor) => console.log('times', factor) }));

await pool.terminate();
