import { describe, expect, it } from 'vitest';
import { explore, scenario } from '../src/index.ts';
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
