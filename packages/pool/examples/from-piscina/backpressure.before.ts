import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

let total = 0;
const underWay = new Set<Promise<void>>();
for (let limit = 0; limit < 100; limit++) {
  if (underWay.size === 4) await Promise.race(underWay);
  const task = pool.run(limit, { name: 'countPrimes' }).then((count) => {
    total += count;
    underWay.delete(task);
  });
  underWay.add(task);
}
await Promise.all(underWay);
console.log(total);

await pool.close();
