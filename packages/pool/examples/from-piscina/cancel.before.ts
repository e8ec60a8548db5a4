import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

const controller = new AbortController();
const endless = pool.run(undefined, { name: 'spin', signal: controller.signal });
setTimeout(() => controller.abort(), 50);
try {
  await endless;
} catch (error) {
  console.log((error as Error).name);
}
console.log(await pool.run(100, { name: 'countPrimes' }));

await pool.close();
