import type { Queue } from '@pkg/queue';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Thread, WorkerPool, type WorkerPoolOptions } from '../index.ts';

let made = 0;

/** Never started here. */
class Numbered extends Thread {
  static override readonly url = import.meta.url;
  constructor(...numbers: number[]) {
    made++;
    if (numbers[0] === 13) throw new RangeError('an unlucky number');
    super();
  }
  override run(): void {}
}

class Taker<T> extends Thread {
  static override readonly url = import.meta.url;
  constructor(_queue: Queue<T>, _limit?: number) {
    super();
  }
  override run(): void {}
}

class Plain extends Thread {
  override run(): void {}
}

describe('a pool refuses', () => {
  const make = WorkerPool as unknown as new (...args: unknown[]) => WorkerPool<Thread>;

  it.each([
    ['undefined', undefined],
    ['an Object', {}],
    ['the class Thread', Thread],
    ['the function Date', Date],
    ['the function anonymous', new Function()],
    ['a Plain', new Plain()],
  ])('what is no class of threads: %s', (described, threadClass) => {
    expect(() => new make(threadClass, { size: 1 })).toThrow(
      new TypeError(
        `WorkerPool takes a class that extends the Thread of this @pkg/pool, not ${described}: pass the class itself`,
      ),
    );
  });

  it.each([
    ['undefined', undefined],
    ['the number 4', 4],
    ['null', null],
  ])('what are no options: %s', (described, options) => {
    expect(() => new make(Numbered, options)).toThrow(
      new TypeError(`WorkerPool takes options such as { size: 4 }, not ${described}`),
    );
  });

  it.each([
    [0, RangeError],
    [1.5, RangeError],
    [1001, RangeError],
    ['2', TypeError],
    [undefined, TypeError],
  ])('a size of %s', (size, errorClass) => {
    expect(() => new make(Numbered, { size })).toThrow(errorClass);
    expect(() => new make(Numbered, { size })).toThrow(/options\.size must be a whole number from 1 to 1000/);
  });

  it.each([-1, 0.5, Number.NaN, null, '1'])('maxRestarts: %s', (maxRestarts) => {
    expect(() => new make(Numbered, { size: 1, maxRestarts })).toThrow(
      /options\.maxRestarts must be a whole/,
    );
  });

  it.each([
    ['the number 5', 5],
    ['the string "abc"', 'abc'],
    ['null', null],
    ['a Set', new Set([1])],
  ])('args that are no array: %s', (described, args) => {
    expect(() => new make(Numbered, { size: 1, args })).toThrow(
      new TypeError(
        "options.args must be an array of the constructor's arguments or a function that returns one, " +
          `not ${described}: write [value] for one argument`,
      ),
    );
    expect(() => new make(Numbered, { size: 1, args: () => args })).toThrow(
      new TypeError(
        `options.args must return an array of the constructor's arguments, not ${described}, for the thread of index 0`,
      ),
    );
  });

  it('all of that before it makes a thread', () => {
    expect(made).toBe(0);
  });

  it('arguments of the last thread before it starts the first', () => {
    made = 0;
    // Each would be refused by start() with another error.
    class Homeless extends Numbered {
      static override readonly url = undefined as never;
    }
    expect(() => new WorkerPool(Homeless, { size: 2, args: (index) => [index === 1 ? 13 : 1] })).toThrow(
      'an unlucky number',
    );
    expect(() => new make(Homeless, { size: 2, args: (index: number) => (index === 1 ? 5 : []) })).toThrow(
      'for the thread of index 1',
    );
    expect(made).toBe(3);
  });
});

describe('the types of a pool', () => {
  // Never run: the compiler is the test.
  const check = (queue: Queue<string>) => {
    new WorkerPool(Plain, { size: 1 });
    new WorkerPool(Plain, { size: 1, args: undefined });
    new WorkerPool(Numbered, { size: 1 });
    new WorkerPool(Numbered, { size: 1, args: [1, 2, 3] });
    const pool = new WorkerPool(Taker<string>, { size: 1, args: [queue] });
    expectTypeOf(pool.threads).toEqualTypeOf<readonly Taker<string>[]>();
    new WorkerPool(Taker<string>, { size: 1, args: () => [queue, 3] }) satisfies typeof pool;
    new WorkerPool(Taker, { size: 1, args: [queue, 3], maxRestarts: 0 });
    new WorkerPool(Taker<string>, { size: 1, args: (index) => [queue, index] });
    // @ts-expect-error the arguments are missing
    new WorkerPool(Taker<string>, { size: 1 });
    // @ts-expect-error the arguments are undefined
    new WorkerPool(Taker<string>, { size: 1, args: undefined });
    // @ts-expect-error an argument is missing
    new WorkerPool(Taker<string>, { size: 1, args: [] });
    // @ts-expect-error an argument of another type
    new WorkerPool(Taker<string>, { size: 1, args: [queue, '3'] });
    // @ts-expect-error what is returned lacks an argument
    new WorkerPool(Taker<string>, { size: 1, args: () => [] });
    // @ts-expect-error too many arguments
    new WorkerPool(Plain, { size: 1, args: [1] });
    // @ts-expect-error no class of threads
    new WorkerPool(Date, { size: 1 });
    const options: WorkerPoolOptions<[queue: Queue<string>]> = { size: 1, args: [queue] };
    return options;
  };

  it('follow from the constructor of the threads', () => {
    expectTypeOf(check).toBeFunction();
  });
});
