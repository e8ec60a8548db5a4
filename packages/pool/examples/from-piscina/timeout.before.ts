import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('./tasks.js', import.meta.url).href, maxThreads: 2 });

try {
  await pool.run(undefined, { name: 'spin', signal: AbortSignal.timeout(50) });
} catch (error) {
  if ((error as Error).name !== 'AbortError') throw error;
  console.log('not done in time');
}

await pool.close();
