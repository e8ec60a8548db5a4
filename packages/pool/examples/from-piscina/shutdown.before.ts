import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

let done = 0;
const tasks = [10, 100, 1000, 2000].map(async (limit) => {
  await pool.run(limit, { name: 'countPrimes' });
  done++;
});
await Promise.all(tasks); // close() would end tasks that wait for a thread, with an error
await pool.close();
console.log(done);
