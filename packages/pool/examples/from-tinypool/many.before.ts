import { Tinypool } from 'tinypool';

const pool = new Tinypool({ filename: new URL('./worker.mjs', import.meta.url).href, maxThreads: 2 });

const limits = [10, 100, 1000];
console.log(...(await Promise.all(limits.map((limit) => pool.run(limit)))));

await pool.destroy();
