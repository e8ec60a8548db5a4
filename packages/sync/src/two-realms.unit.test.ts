/** One thread that has loaded this package in two realms: the main context, and one of `node:vm`. */
import { describe, expect, it } from 'vitest';
import { loadInContext } from '../test/fixtures/in-context.ts';
import { Condition } from './condition.ts';
import { currentThread } from './current-thread.ts';
import { errorClassOf } from './error-classes.ts';
import { Mutex } from './mutex.ts';
import { turn } from './turn.ts';

const load = <T>(file: string): T => loadInContext<T>(new URL(file, import.meta.url));

/** Runs `action` and lets microtasks follow; returns how many listeners of `exit` have been added because of it. */
async function listenersAddedBy(action: () => void): Promise<number> {
  let added = 0;
  const count = (event: string | symbol): void => {
    // Two realms that both want to be last never come to rest, and nor would this test.
    if (event === 'exit' && ++added === 100) process.removeAllListeners('newListener');
  };
  process.on('newListener', count);
  action();
  await turn();
  process.off('newListener', count);
  return added;
}

describe('two realms in one thread', () => {
  it('come to rest over who is last at the exit', async () => {
    currentThread();
    const kernel = load<typeof import('./kernel.ts')>('./kernel.ts');
    expect(await listenersAddedBy(() => void kernel.currentThread())).toBe(0);
    const last = (): void => {};
    // The listener itself, and then the one of both realms, which is to come after it.
    expect(await listenersAddedBy(() => process.on('exit', last))).toBe(2);
    process.off('exit', last);
  });

  it('are one thread', () => {
    const kernel = load<typeof import('./kernel.ts')>('./kernel.ts');
    expect(kernel.currentThread().id).toBe(currentThread().id);
  });

  it('know of the locks that the thread has taken in the other', async () => {
    const other = load<typeof import('./index.ts')>('./index.ts');
    const mutex = new Mutex();
    const same = other.Mutex.from(mutex.handle);
    const guard = mutex.lock();
    expect(same.isMine).toBe(true);
    expect(() => same.lock({ timeout: 0 })).toThrow(other.DeadlockError);
    const waiting = new other.Condition(same).waitAsync({ timeout: 0 });
    expect(mutex.isLocked).toBe(false);
    expect(await waiting).toBe(false);
    expect(mutex.isMine).toBe(true);
    const condition = new Condition(same as unknown as Mutex);
    expect(condition.mutex.isMine).toBe(true);
    guard.unlock();
    expect(same.isLocked).toBe(false);
  });

  it('have classes of their own', () => {
    const kernel = load<typeof import('./kernel.ts')>('./kernel.ts');
    expect(errorClassOf(['TypeError'])).toBe(TypeError);
    expect(kernel.errorClassOf(['TypeError'])).not.toBe(TypeError);
    const other = load<typeof import('./index.ts')>('./index.ts');
    const { handle } = new Mutex();
    expect(other.revive(handle)).toBeInstanceOf(other.Mutex);
  });
});
