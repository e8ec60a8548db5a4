/** One thread that has loaded this package twice: the sources, and a bundle of them. */
import { describe, expect, it } from 'vitest';
import { bundle } from '../test/fixtures/bundle.ts';
import { PROGRESS } from '../test/fixtures/role-data.ts';
import { makeWords, reaches, start } from '../test/fixtures/workers.ts';
import { Condition } from './condition.ts';
import { currentThread } from './current-thread.ts';
import { homeTable } from './known-tables.ts';
import { Mutex } from './mutex.ts';

const load = async <T>(file: string): Promise<T> => import(bundle(new URL(file, import.meta.url)).href);
const other = await load<typeof import('./index.ts')>('./index.ts');
const otherKernel = await load<typeof import('./kernel.ts')>('./kernel.ts');

describe('two copies in one thread', () => {
  it('are one thread', () => {
    expect(other.Mutex).not.toBe(Mutex);
    expect(otherKernel.homeTable()).toBe(homeTable());
    expect(otherKernel.currentThread()).toBe(currentThread());
  });

  it('know of the locks that the thread has taken by the other', () => {
    const mutex = new Mutex();
    const same = other.Mutex.from(mutex.handle);
    const guard = mutex.lock();
    expect(same.isMine).toBe(true);
    expect(() => same.lock({ timeout: 0 })).toThrow(other.DeadlockError);
    same.unlock();
    expect(mutex.isLocked).toBe(false);
    expect(() => guard.unlock()).not.toThrow();
  });

  it('take the objects of the other', async () => {
    const mutex = new other.Mutex();
    const condition = new Condition(mutex as unknown as Mutex);
    const guard = mutex.lock();
    const waiting = condition.waitAsync();
    const again = mutex.lock();
    other.Condition.from(condition.handle).notify();
    again.unlock();
    expect(await waiting).toBe(true);
    expect(mutex.isMine).toBe(true);
    guard.unlock();
    expect(mutex.isLocked).toBe(false);
  });

  it('notice, while they block, the end of a thread that the other has started', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const actor = start({ role: 'hold', handle: mutex.handle, words });
    await reaches(words, PROGRESS, 1);
    void actor.supervision.terminate();
    // No event comes before this: the one that blocks has to look.
    const guard = other.Mutex.from(mutex.handle).lock({ timeout: 120_000 });
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    await actor.end;
  });
});
