import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

try {
  await pool.run('hello', { name: 'parse' });
} catch (error) {
  console.log(error instanceof SyntaxError);
}
try {
  await pool.run(1, { name: 'countPrims' });
} catch {
  console.log('no such task');
}

await pool.close();
