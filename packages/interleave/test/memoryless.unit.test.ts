import { describe, expect, it } from 'vitest';
import { explore, InterleavingFailure, scenario, type ThreadContext } from '../src/index.ts';
import { words } from './words.ts';

/** A lock that keeps nothing but its place. */
class SpinLock {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  acquire(): void {
    while (Atomics.compareExchange(this.#words, 0, 0, 1) !== 0) Atomics.wait(this.#words, 0, 1);
  }

  release(): void {
    Atomics.store(this.#words, 0, 0);
    Atomics.notify(this.#words, 0);
  }
}

/** Says what the other threads did meanwhile, so that it is not the same each time. */
class Watcher {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  look(): readonly number[] {
    return [Atomics.load(this.#words, 0), Atomics.load(this.#words, 0)];
  }

  fail(): never {
    throw new RangeError(`it was ${Atomics.load(this.#words, 0)}`);
  }
}

const counting = (memoryless: readonly (typeof SpinLock)[]) =>
  scenario({
    name: 'two threads count under a lock',
    memoryless,
    setup: () => ({ lock: words(1), count: words(1) }),
    threads: [0, 1].map(() => ({ lock, count }: Record<'lock' | 'count', Int32Array>) => {
      for (let round = 0; round < 2; round++) {
        const own = new SpinLock(lock);
        own.acquire();
        count[0] = (count[0] as number) + 1;
        own.release();
      }
    }),
    check: ({ context }) => context.count[0] === 4,
  });

describe('memoryless classes', () => {
  it('leave fewer states', () => {
    const all = explore(counting([]));
    const fewer = explore(counting([SpinLock]));
    expect(all.complete && fewer.complete).toBe(true);
    expect(fewer.states).toBeLessThan(all.states / 2);
  });

  it('are as they were afterwards', () => {
    const before = Object.getOwnPropertyDescriptors(SpinLock.prototype);
    explore(counting([SpinLock]), { schedules: 1 });
    expect(Object.getOwnPropertyDescriptors(SpinLock.prototype)).toEqual(before);
  });

  it.each(['look', 'fail'] as const)('are told apart by what a method returns or throws: %s', (method) => {
    const outcomes = (memoryless: readonly (typeof Watcher)[]) => {
      const seen = new Set<string>();
      const subject = scenario({
        name: method,
        memoryless,
        setup: () => ({ word: words(1) }),
        threads: [
          ({ word }: { word: Int32Array }) => {
            try {
              return new Watcher(word)[method]();
            } catch (error) {
              return (error as Error).message;
            } finally {
              Atomics.add(word, 0, 10);
            }
          },
          ({ word }: { word: Int32Array }) => {
            Atomics.add(word, 0, 1);
            Atomics.add(word, 0, 1);
          },
        ],
        check: ({ context, results }) => void seen.add(JSON.stringify([context.word[0], results])),
      });
      expect(explore(subject).complete).toBe(true);
      return [...seen].sort();
    };
    expect(outcomes([Watcher])).toEqual(outcomes([]));
  });

  it('have to be classes', () => {
    expect(() => counting([{} as never])).toThrow('memoryless is an array of classes');
    expect(() => counting('SpinLock' as never)).toThrow('not "SpinLock" (string)');
  });
});

/** Counts how often it was disturbed; each time it says how often it had been before, and forgets it. */
class Raiser {
  readonly #words: Int32Array;
  disturbed = 0;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  raise(): number {
    const before = this.disturbed;
    this.disturbed = 0;
    for (;;) {
      const seen = Atomics.load(this.#words, 0);
      if (Atomics.compareExchange(this.#words, 0, seen, seen + 1) === seen) return before;
      this.disturbed++;
    }
  }
}

describe('operations that say what they keep', () => {
  const raising = (keeps: ((raiser: Raiser) => unknown) | undefined, seen = new Set<string>()) =>
    scenario({
      name: 'two threads raise a word',
      setup: () => ({ word: words(1) }),
      threads: [0, 1].map(() => ({ word }: { word: Int32Array }, thread: ThreadContext) => {
        const raiser = new Raiser(word);
        const results: number[] = [];
        for (let round = 0; round < 3; round++) {
          const raise = () => raiser.raise();
          results.push(thread.call('raise', [], raise, keeps && { keeps: () => keeps(raiser) }));
        }
        return results;
      }),
      check: ({ context, results }) => {
        seen.add(JSON.stringify(results));
        return context.word[0] === 6;
      },
    });

  it('leave fewer states, and the same ends', () => {
    const ends = { all: new Set<string>(), fewer: new Set<string>() };
    const all = explore(raising(undefined, ends.all));
    const fewer = explore(raising(({ disturbed }) => disturbed, ends.fewer));
    expect(all.complete && fewer.complete).toBe(true);
    expect(fewer.states).toBeLessThan(all.states);
    expect([...ends.fewer].sort()).toEqual([...ends.all].sort());
    expect(ends.all.size).toBeGreaterThan(5);
  });

  it('are nondeterministic when they keep more than they say', () => {
    const forgetful = raising(() => undefined);
    expect(() => explore(forgetful, { prune: false })).toThrow(InterleavingFailure);
    const { failure } = explore(forgetful, { prune: false, throwOnFailure: false });
    expect(failure?.kind).toBe('nondeterminism');
    expect(failure?.message).toMatch(/its access \d+ was return of a forgotten call with another value/);
  });

  it('are told apart where what they keep cannot be compared', () => {
    const all = explore(raising(undefined));
    expect(explore(raising((raiser) => raiser)).states).toBe(all.states);
  });

  it('say it by a function', () => {
    const wrong = raising(undefined);
    const subject = {
      ...wrong,
      threads: [
        (_: unknown, thread: ThreadContext) => thread.call('raise', [], () => 0, { keeps: 5 as never }),
      ],
    };
    expect(() => explore(subject as never)).toThrow(
      "thread.call('raise'): keeps is a function, not 5 (number)",
    );
  });
});
