import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const pool = new FixedThreadPool<number, number>(2, worker);

const limits = [10, 100, 1000];
console.log(...(await pool.mapExecute(limits, 'countPrimes')));

void pool.destroy();
