import type { Row } from '../report.ts';
import type { Pool } from './contenders.ts';
import { closeAll, openBest } from './open-pools.ts';
import { inTurn } from './rounds.ts';
import { rowOf } from './row.ts';

const makers = {
  int: (i: number): unknown => i,
  tuple: (i: number): unknown => [`https://i.imgur.com/abc${i % 1000}.png`, `images/${i % 1000}`],
};

/** Tasks that do nothing, all submitted at once: how many a second. */
export async function benchBurst(item: keyof typeof makers, rounds: number, tasks: number): Promise<Row> {
  const make = makers[item];
  const perSecond = async (pool: Pool, count: number) => {
    globalThis.gc?.();
    const results = new Array<PromiseLike<unknown>>(count);
    const start = performance.now();
    for (let i = 0; i < count; i++) results[i] = pool.run(make(i));
    await Promise.all(results);
    return count / ((performance.now() - start) / 1000);
  };
  const pools = await openBest('echo', 2, {
    moreIsBetter: true,
    measure: (pool) => perSecond(pool, tasks / 5),
  });
  const open = pools.filter(({ pool }) => pool !== undefined);
  const series = await inTurn(
    open.map(({ name, pool }) => ({ name, measure: () => perSecond(pool!, tasks) })),
    1 + rounds,
  );
  // The first round is for warming up: the engine compiles what runs often while it runs.
  for (const { figures } of series.values()) figures.shift();
  await closeAll(pools);
  return rowOf({
    work: `${tasks.toLocaleString('en')} no-op tasks at once, ${item === 'int' ? 'int' : '[string, string]'} in and out`,
    goal: item === 'int' ? 'at least 10×' : 'at least 8×',
    series,
    reference: 'piscina',
    format: (figure) => `${(figure / 1000).toFixed(1)} k/s`,
    pools,
  });
}
