import { describe, expect, it } from 'vitest';
import { Barrier } from './barrier.ts';
import { Condition } from './condition.ts';
import { Event } from './event.ts';
import { Mutex } from './mutex.ts';
import { Semaphore } from './semaphore.ts';
import { ThreadIdentity } from './thread-identity.ts';
import { ThreadTable } from './thread-table.ts';
import type { WaitOptions } from './timeout.ts';

/** Every verb that blocks, on a thread that may not, as that of a browser's page. */
function verbs(): Record<string, (options: WaitOptions) => unknown> {
  const table = ThreadTable.create();
  const placement = { identity: new ThreadIdentity(table, table.claim(1), { mayBlock: false }) };
  const mutex = new Mutex(placement);
  const condition = new Condition(mutex, {}, placement);
  const held = mutex.tryLock();
  const other = new Mutex(placement);
  const semaphore = new Semaphore(0, {}, placement);
  const event = new Event(placement);
  const barrier = new Barrier(2, placement);
  return {
    'mutex.lock': (options) => other.lock(options) !== held,
    'condition.wait': (options) => condition.wait(options),
    'condition.waitFor': (options) => condition.waitFor(() => false, options),
    'semaphore.acquire': (options) => semaphore.acquire(options),
    'event.wait': (options) => event.wait(options),
    'barrier.wait': (options) => barrier.wait(options),
  };
}

const outcome = (verb: () => unknown): unknown => {
  try {
    return verb();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

describe('on a thread that may not block', () => {
  it.each([{}, { timeout: 1 }])('blocking verbs throw and name their twins, with %o', (options) => {
    for (const [name, verb] of Object.entries(verbs())) {
      expect(() => verb(options)).toThrow(
        `${name}() would block this thread, which is forbidden here: await ${name}Async() instead`,
      );
    }
  });

  it('those that do not wait with a timeout of 0 may be called with it', () => {
    const outcomes = Object.entries(verbs()).map(([name, verb]) => [
      name,
      outcome(() => verb({ timeout: 0 })),
    ]);
    expect(Object.fromEntries(outcomes)).toEqual({
      'mutex.lock': true,
      // It takes the mutex again, however long that takes.
      'condition.wait': 'SYNC_BLOCKING_FORBIDDEN',
      'condition.waitFor': false,
      'semaphore.acquire': false,
      'event.wait': false,
      'barrier.wait': 'SYNC_BARRIER_BROKEN',
    });
  });
});
