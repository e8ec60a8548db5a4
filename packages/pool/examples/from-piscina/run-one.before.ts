import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

console.log(await pool.run('hello'));
console.log(await pool.run(100, { name: 'countPrimes' }));

await pool.close();
