import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

const bytes = new Uint8Array(1000).fill(2);
const total = pool.run(bytes, { name: 'sum', transferList: [bytes.buffer] });
console.log(await total, bytes.length);

await pool.close();
