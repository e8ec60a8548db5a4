import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../report.ts';
import { contenders, ours, piscina } from './contenders.ts';
import { close } from './open-pools.ts';
import { type Entry, inTurn, type Series } from './rounds.ts';
import { rowOf } from './row.ts';

const NOTHING = 'no pool';

async function cpuWhileIdle(milliseconds: number): Promise<number> {
  const before = process.cpuUsage();
  const start = performance.now();
  await sleep(milliseconds);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - start);
}

/**
 * What a pool uses that has nothing to do: the whole process, in parts of one core. One pool is open at a time. Ours
 * and piscina's are measured in every round, the others once.
 */
export async function benchIdle(rounds: number, milliseconds: number): Promise<Row> {
  const entries: Entry[] = contenders.map(({ name, settings }) => ({
    name,
    async measure() {
      const pool = await settings[0]!.open('echo', 2);
      try {
        await Promise.all(Array.from({ length: 1000 }, (_, i) => pool.run(i)));
        // What the tasks leave to be cleaned up is not idling.
        globalThis.gc?.();
        await sleep(500);
        return await cpuWhileIdle(milliseconds);
      } finally {
        await close(pool);
      }
    },
  }));
  const nothing = { name: NOTHING, measure: () => cpuWhileIdle(milliseconds) };
  const always = entries.filter(({ name }) => name === ours.name || name === piscina.name);
  const once = entries.filter((entry) => !always.includes(entry));
  const series = new Map<string, Series>([
    ...(await inTurn(always, rounds)),
    ...(await inTurn([...once, nothing], 1)),
  ]);
  return rowOf({
    work: `idle for ${milliseconds / 1000} s, use of a core`,
    goal: 'below 0.5 %',
    series,
    reference: piscina.name,
    format: (figure) => `${(figure * 100).toFixed(2)} %`,
  });
}
