import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

const limits = [10, 100, 1000];
const counts = await Promise.all(limits.map((limit) => pool.exec('countPrimes', [limit])));
console.log(...counts);

await pool.terminate();
