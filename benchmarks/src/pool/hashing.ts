import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Row } from '../report.ts';
import type { Pool } from './contenders.ts';
import { closeAll, openBest } from './open-pools.ts';
import { inTurn } from './rounds.ts';
import { rowOf } from './row.ts';
import { PIECES } from './sizes.mjs';

const PERFECT = 'two bare workers';

/** The sha-256 of 64 MiB in pieces, beside two workers that hash half of it each and know of nothing else. */
export async function benchHashing(rounds: number, passes: number): Promise<Row> {
  const milliseconds = async (pool: Pool) => {
    const start = performance.now();
    for (let pass = 0; pass < passes; pass++) {
      await Promise.all(Array.from({ length: PIECES }, (_, piece) => pool.run(piece)));
    }
    return (performance.now() - start) / passes;
  };
  const halves = [
    { first: 0, last: PIECES / 2 },
    { first: PIECES / 2, last: PIECES },
  ].map((workerData) => new Worker(new URL('./bare-hasher.mjs', import.meta.url), { workerData }));
  const perfect = async () => {
    const done = Promise.all(halves.map((worker) => once(worker, 'message')));
    const start = performance.now();
    for (const worker of halves) worker.postMessage(passes);
    await done;
    return (performance.now() - start) / passes;
  };
  await perfect();
  const pools = await openBest('hash', 2, { moreIsBetter: false, measure: milliseconds });
  const open = pools.filter(({ pool }) => pool !== undefined);
  const series = await inTurn(
    [
      { name: PERFECT, measure: perfect },
      ...open.map(({ name, pool }) => ({ name, measure: () => milliseconds(pool!) })),
    ],
    rounds,
  );
  await closeAll(pools);
  await Promise.all(halves.map((worker) => worker.terminate()));
  return rowOf({
    work: `sha-256 over 64 MiB in ${PIECES} pieces`,
    goal: 'at most 1.05×',
    series,
    reference: PERFECT,
    format: (figure) => `${figure.toFixed(1)} ms`,
    pools,
  });
}
