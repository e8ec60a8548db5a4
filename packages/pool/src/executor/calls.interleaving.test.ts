import { explore, type Scenario, scenario } from '@pkg/interleave';
import { EVENT_COUNT_WORDS, EventCount, ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { describe, expect, it } from 'vitest';
import { Calls } from './calls.ts';

const TASKS = 0;
const CALLED = 1;
const WORK = 2;

interface Context {
  readonly table: SharedArrayBuffer;
  readonly ids: readonly number[];
  readonly words: Int32Array;
}

function setup(): Context {
  const table = ThreadTable.create();
  const ids = Array.from({ length: 6 }, (_, i) => table.claim(i + 1));
  return {
    table: table.memory,
    ids,
    words: new Int32Array(new SharedArrayBuffer((WORK + EVENT_COUNT_WORDS) * 4)),
  };
}

/** What thread `index` sees. It sleeps until it is woken: a call that is lost is a deadlock. */
function seenBy({ table, ids, words }: Context, index: number) {
  const self = new ThreadIdentity(new ThreadTable(table), ids[index]!, { slice: Infinity, mayBlock: true });
  const work = new EventCount(words, WORK, self);
  return { words, work, calls: new Calls(words, CALLED, work) };
}

/** Puts so many tasks, one after the other, and calls for each. */
const owner =
  (count: number) =>
  (context: Context, { index }: { index: number }) => {
    const { words, calls } = seenBy(context, index);
    for (let i = 0; i < count; i++) {
      calls.callAhead();
      Atomics.add(words, TASKS, 1);
      calls.call();
    }
  };

/** Waits for a task, takes it, and is at work from then on: other tasks need other workers. */
const worker =
  (heeds: boolean) =>
  (context: Context, { index }: { index: number }) => {
    const { words, work, calls } = seenBy(context, index);
    const take = () => {
      if (heeds) calls.heed();
      for (;;) {
        const tasks = Atomics.load(words, TASKS);
        if (tasks === 0) return false;
        if (Atomics.compareExchange(words, TASKS, tasks, tasks - 1) === tasks) return true;
      }
    };
    for (;;) {
      if (take()) return;
      const generation = work.enter();
      try {
        const ticket = work.ticket();
        if (take()) return;
        work.park(ticket, Infinity);
      } finally {
        work.leave(generation);
      }
    }
  };

function scenarioOf(name: string, workers: number, heeds = true): Scenario<Context> {
  return scenario({
    name,
    setup,
    threads: [owner(workers), ...Array.from({ length: workers }, () => worker(heeds))],
    recover(context, { dead }, { index }) {
      for (const each of dead) new ThreadTable(context.table).markDead(context.ids[each]!);
      // As the roster does when a worker has ended.
      seenBy(context, index).work.notify();
    },
    check: ({ context, killed }) => Atomics.load(context.words, TASKS) <= killed.length,
  });
}

describe('calling ahead', () => {
  it('finds one worker, in every interleaving', () => {
    expect(explore(scenarioOf('one worker', 1), { spuriousWakes: 1 }).complete).toBe(true);
  });

  it('finds a worker for each task', () => {
    expect(explore(scenarioOf('two workers', 2), { preemptions: 3 }).complete).toBe(true);
    expect(explore(scenarioOf('two workers', 2), { preemptions: 2, spuriousWakes: 1 }).complete).toBe(true);
  });

  it('finds another worker when one dies, at whatever step', () => {
    const options = { preemptions: 2, kills: 1, victims: [1, 2] };
    expect(explore(scenarioOf('two workers', 2), options).complete).toBe(true);
  });

  it('would lose a worker that came by too early and did not say so', () => {
    expect(() => explore(scenarioOf('heedless', 1, false))).toThrow('deadlock');
  });
});
