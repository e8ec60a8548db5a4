import { describe, expect, it } from 'vitest';
import { explore, scenario } from '../src/index.ts';
import { words } from './words.ts';

/** Each thread adds to a word of its own: every interleaving is possible and none is like another. */
const independent = (steps: readonly number[]) =>
  scenario({
    name: `${steps.join(' + ')} independent steps`,
    setup: () => ({ counters: words(steps.length) }),
    threads: steps.map((count, thread) => ({ counters }: { counters: Int32Array }) => {
      for (let i = 0; i < count; i++) Atomics.add(counters, thread, 1);
    }),
    check: ({ context }) => steps.every((count, thread) => context.counters[thread] === count),
  });

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const multinomial = (steps: readonly number[]) =>
  factorial(steps.reduce((sum, n) => sum + n, 0)) / steps.reduce((product, n) => product * factorial(n), 1);

describe('exhaustive search', () => {
  it.each([[[1, 1]], [[2, 2]], [[3, 3]], [[5, 4]], [[1, 1, 1]], [[2, 2, 2]], [[3, 2, 1]], [[1, 1, 1, 1]]])(
    'executes every interleaving of %j steps once',
    (steps) => {
      const report = explore(independent(steps), { prune: false });
      expect(report.schedules).toBe(multinomial(steps));
      expect(report.complete).toBe(true);
    },
  );

  it('leaves out states it has met, of which a grid of independent steps has (n+1)(m+1)', () => {
    const report = explore(independent([6, 5]), { races: false });
    // All but the last: a choice exists where neither thread has ended, and where one ends its ways there meet.
    expect(report.states).toBe(7 * 6 - 1);
    expect(report.schedules + report.pruned).toBeLessThan(multinomial([6, 5]));
    expect(report.complete).toBe(true);
  });

  it.each([[[6, 5]], [[4, 4, 4]]])('leaves out orders of independent steps: %j', (steps) => {
    const all = explore(independent(steps), { races: false });
    const report = explore(independent(steps));
    expect(report.schedules).toBeLessThan(all.schedules / 3);
    expect(report.schedules + report.pruned).toBeLessThan(all.schedules + all.pruned);
    expect(report.complete).toBe(true);
  });

  it('lets each end be judged once', () => {
    const ends: string[] = [];
    const subject = scenario({
      name: 'who is last',
      setup: () => ({ last: words(1) }),
      threads: [1, 2, 3].map((thread) => ({ last }: { last: Int32Array }) => {
        Atomics.store(last, 0, thread);
      }),
      check: ({ context }) => void ends.push(String(context.last[0])),
    });
    const report = explore(subject);
    expect(ends.sort()).toEqual(['1', '2', '3']);
    expect(report.schedules).toBeGreaterThanOrEqual(3);
    ends.length = 0;
    expect(explore(subject, { prune: false }).schedules).toBe(ends.length);
  });

  it('tells ends apart by what bodies return', () => {
    const seen: unknown[] = [];
    const subject = scenario({
      name: 'returns what it saw',
      setup: () => ({ word: words(1) }),
      threads: [({ word }) => Atomics.store(word, 0, 1), ({ word }) => Atomics.load(word, 0)],
      check: ({ results }) => void seen.push(results[1]),
    });
    explore(subject);
    expect(seen.sort()).toEqual([0, 1]);
  });

  it.each([
    [0, 2],
    // One thread is left for the other at one of 1…n-1 steps, on either side.
    [1, 2 + 2 * 3],
  ])('with %i preemptions executes %i schedules of two threads of four steps', (preemptions, schedules) => {
    expect(explore(independent([4, 4]), { prune: false, preemptions }).schedules).toBe(schedules);
  });

  it.each<[string, unknown, unknown]>([
    ['0 and an empty text', 0, ''],
    ['0 and no items', 0, []],
    ['-1 and an object without properties', -1, {}],
    ['bigints of more than 64 bits', 0n, 2n ** 64n],
    ['a bigint and its negative', 1n, -1n],
    ['errors of different causes', new Error('e', { cause: 1 }), new Error('e', { cause: 2 })],
    ['aggregates of different errors', new AggregateError([1], 'e'), new AggregateError([2], 'e')],
    ['arrays of different types', Int32Array.of(1), Uint32Array.of(1)],
    ['what contains itself', 0, Object.assign([1], { self: undefined }).map((_, __, all) => all)],
    ['views of no type', 0, new DataView(new ArrayBuffer(4))],
  ])('tells apart, as what bodies return, %s', (_, usual, rare) => {
    const subject = scenario({
      name: 'two results',
      setup: () => ({ flag: words(1) }),
      threads: [
        ({ flag }) => (Atomics.exchange(flag, 0, 1) === 0 ? usual : rare),
        ({ flag }) => void Atomics.exchange(flag, 0, 1),
      ],
      check: ({ results }) => results[0] !== rare,
    });
    expect(() => explore(subject)).toThrow(expect.objectContaining({ kind: 'check' }));
  });

  it('kills at every access, before the first and after the last', () => {
    const deaths = new Set<number>();
    const report = explore(
      scenario({
        name: 'one thread of three steps',
        setup: () => ({ counters: words(1) }),
        threads: [({ counters }) => [0, 1, 2].map(() => Atomics.add(counters, 0, 1))],
        check: ({ context, killed, results }) => {
          deaths.add(killed.length > 0 ? (context.counters[0] as number) : -1);
          return (killed.length === 0) === (results[0] !== undefined);
        },
      }),
      { kills: 1, prune: false },
    );
    expect([...deaths].sort()).toEqual([-1, 0, 1, 2, 3]);
    expect(report.schedules).toBe(5);
  });

  it('kills between plain writes as well', () => {
    const seen = new Set<string>();
    explore(
      scenario({
        name: 'two plain writes',
        setup: () => ({ data: words(2) }),
        threads: [
          ({ data }) => {
            data[0] = 1;
            data[1] = 1;
          },
        ],
        recover: () => undefined,
        check: ({ context }) => void seen.add([...context.data].join()),
      }),
      { kills: 1 },
    );
    expect([...seen].sort()).toEqual(['0,0', '1,0', '1,1']);
  });

  it('runs a recovery that may die and then runs again, told of all the dead', () => {
    const deaths = new Set<string>();
    const report = explore(
      scenario({
        name: 'recovery',
        setup: () => ({ state: words(2) }),
        threads: [({ state }) => void Atomics.add(state, 0, 1)],
        recover: ({ state }, { killed, dead }, thread) => {
          Atomics.store(state, 1, thread.index * 100 + killed * 10 + dead.length);
        },
        check: ({ context, killed }) => void deaths.add(`${killed.join('+')}:${context.state[1]}`),
      }),
      { kills: 2 },
    );
    expect(report.complete).toBe(true);
    expect([...deaths].sort()).toEqual([':0', '0+1:202', '0:101'].sort());
  });
});

describe('seeded strategies', () => {
  it.each(['pct', 'random'] as const)('let either of two equal deadlines fire first, by %s', (strategy) => {
    const subject = scenario({
      name: 'two sleepers',
      setup: () => ({ bell: words(1), first: words(1) }),
      threads: [1, 2].map((number) => ({ bell, first }: { bell: Int32Array; first: Int32Array }) => {
        Atomics.wait(bell, 0, 0, 10);
        Atomics.compareExchange(first, 0, 0, number);
      }),
      check: ({ context }) => context.first[0] !== 2,
    });
    expect(() => explore(subject, { strategy, schedules: 200 })).toThrow(
      expect.objectContaining({ kind: 'check' }),
    );
  });

  it.each(['pct', 'random'] as const)(
    '%s executes as many schedules as asked for, the same each time',
    (strategy) => {
      const orders: string[] = [];
      const run = () => {
        let order = '';
        explore(
          scenario({
            name: 'order',
            setup: () => ({ log: words(8) }),
            threads: [0, 1].map((thread) => ({ log }) => {
              for (let i = 0; i < 3; i++) Atomics.store(log, 1 + Atomics.add(log, 0, 1), thread + 1);
            }),
            check: ({ context }) => {
              order += `${[...context.log].join('')} `;
            },
          }),
          { strategy, schedules: 50, seed: 7 },
        );
        orders.push(order);
      };
      run();
      run();
      expect(orders[0]).toBe(orders[1]);
      expect(new Set(orders[0]?.trim().split(' ')).size).toBeGreaterThan(3);
    },
  );
});
