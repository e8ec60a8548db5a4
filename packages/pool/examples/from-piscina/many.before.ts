import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

const limits = [10, 100, 1000];
const counts = await Promise.all(limits.map((limit) => pool.run(limit, { name: 'countPrimes' })));
console.log(...counts);

await pool.close();
