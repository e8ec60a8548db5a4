import { setTimeout as sleep } from 'node:timers/promises';
import { median, percentile, type Row } from '../report.ts';
import type { Pool } from './contenders.ts';
import { closeAll, openBest } from './open-pools.ts';
import { inTurn } from './rounds.ts';
import { rowOf } from './row.ts';

const microseconds = (figure: number) => `${figure.toFixed(1)} µs`;

async function roundTrip(pool: Pool): Promise<number> {
  const start = performance.now();
  await pool.run(1);
  return (performance.now() - start) * 1000;
}

/** One task at a time: the next is submitted when the last has returned. */
export async function benchRoundTrip(rounds: number, tasks: number): Promise<Row> {
  const measure = async (pool: Pool) => {
    const figures: number[] = [];
    for (let i = 0; i < tasks; i++) figures.push(await roundTrip(pool));
    return median(figures);
  };
  const pools = await openBest('echo', 2, { moreIsBetter: false, measure });
  const open = pools.filter(({ pool }) => pool !== undefined);
  const series = await inTurn(
    open.map(({ name, pool }) => ({ name, measure: () => measure(pool!) })),
    rounds,
  );
  await closeAll(pools);
  return rowOf({
    work: 'one task at a time, median',
    goal: 'at most 0.33×',
    series,
    reference: 'piscina',
    format: microseconds,
    pools,
  });
}

/** A task for a pool whose workers, and whose process, have been idle for 20 to 50 ms. */
export async function benchIdleSubmission(rounds: number, samples: number): Promise<Row[]> {
  let turn = 0;
  const afterPause = async (pool: Pool) => {
    await sleep(20 + ((turn++ * 7) % 31));
    return roundTrip(pool);
  };
  const measure = async (pool: Pool) => {
    const figures: number[] = [];
    for (let i = 0; i < Math.min(samples, 50); i++) figures.push(await afterPause(pool));
    return percentile(figures, 0.9);
  };
  const pools = await openBest('echo', 2, { moreIsBetter: false, measure });
  const open = pools.filter(({ pool }) => pool !== undefined);
  const series = await inTurn(
    open.map(({ name, pool }) => ({ name, measure: () => afterPause(pool!) })),
    rounds * samples,
  );
  await closeAll(pools);
  const medianOfRounds = (part: number) => (figures: readonly number[]) =>
    median(
      Array.from({ length: rounds }, (_, round) =>
        percentile(figures.slice(round * samples, (round + 1) * samples), part),
      ),
    );
  const common = { series, reference: 'piscina', format: microseconds, pools };
  return [
    rowOf({
      ...common,
      work: 'a task submitted to an idle pool, p99',
      goal: 'below 1×',
      summarise: medianOfRounds(0.99),
    }),
    rowOf({
      ...common,
      work: 'a task submitted to an idle pool, median',
      goal: '',
      summarise: medianOfRounds(0.5),
    }),
  ];
}
