import { describe, expect, it } from 'vitest';
import { Barrier } from './barrier.ts';
import { Condition } from './condition.ts';
import { Event } from './event.ts';
import { Mutex } from './mutex.ts';
import { Semaphore } from './semaphore.ts';

const outcome = async (verb: () => unknown): Promise<unknown> => {
  try {
    return await verb();
  } catch (error) {
    return error;
  }
};

/** Every verb that takes `options`, none of which could succeed at once. */
function verbs(options: never): Record<string, () => unknown> {
  const mutex = new Mutex();
  const condition = new Condition(mutex);
  mutex.lock();
  const semaphore = new Semaphore(0);
  const event = new Event();
  const barrier = new Barrier(2);
  return {
    'condition.wait': () => condition.wait(options),
    'condition.waitAsync': () => condition.waitAsync(options),
    'condition.waitFor': () => condition.waitFor(() => false, options),
    'condition.waitForAsync': () => condition.waitForAsync(() => false, options),
    'mutex.lock': () => mutex.lock(options),
    'mutex.lockAsync': () => mutex.lockAsync(options),
    'semaphore.acquire': () => semaphore.acquire(options),
    'semaphore.acquireAsync': () => semaphore.acquireAsync(options),
    'event.wait': () => event.wait(options),
    'event.waitAsync': () => event.waitAsync(options),
    'barrier.wait': () => barrier.wait(options),
    'barrier.waitAsync': () => barrier.waitAsync(options),
  };
}

describe('options', () => {
  // What Python takes: a timeout, or False for not to block.
  it.each<[unknown, string]>([
    [500, 'the number 500'],
    [0, 'the number 0'],
    [false, 'the boolean false'],
    [null, 'null'],
    ['500', 'the string "500"'],
  ])('that are %o are a TypeError of every verb, and not taken for none', async (options, shown) => {
    for (const [name, verb] of Object.entries(verbs(options as never))) {
      const error = await outcome(verb);
      expect([name, error]).toEqual([name, expect.any(TypeError)]);
      expect((error as Error).message).toBe(
        `options must be an object, such as { timeout: 1000 }, not ${shown}`,
      );
    }
  });

  it('with a bad timeout are an error of every verb', async () => {
    for (const timeout of [-1, Number.NaN, '10']) {
      for (const [name, verb] of Object.entries(verbs({ timeout } as never))) {
        const error = await outcome(verb);
        expect([name, error]).toEqual([
          name,
          expect.any(typeof timeout === 'string' ? TypeError : RangeError),
        ]);
      }
    }
  });

  it('of a new object are checked', () => {
    expect(() => new Semaphore(1, true as never)).toThrow(
      new TypeError('options must be an object, such as { bounded: true }, not the boolean true'),
    );
    expect(() => new Semaphore(1, { bounded: 1 } as never)).toThrow(
      new TypeError('options.bounded must be true or false, not the number 1'),
    );
    expect(() => new Condition(new Mutex(), 5 as never)).toThrow(
      new TypeError('options must be an object, such as { maxWaiters: 64 }, not the number 5'),
    );
  });
});
