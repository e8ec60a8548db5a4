import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

type Tasks = { countPrimes(limit: number): number };

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = workerpool.pool(worker, { workerType: 'thread', maxWorkers: 2 });

console.log(await pool.exec('countPrimes', [100]));
const calls = await pool.proxy<Tasks>();
console.log(await calls.countPrimes(1000));

await pool.terminate();
