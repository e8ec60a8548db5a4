import { Queue } from '@pkg/queue';
import { describe, expect, it, vi } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { FailsToLoad } from '../test/fixtures/fails-to-load.ts';
import { Failing, Indexed, StartsAnotherTwice, Summer } from '../test/fixtures/pool-threads.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import { RestartsExhausted, WorkerPool } from './index.ts';

describe('a pool of threads', () => {
  it('does all the work, although threads die in the middle of it', async () => {
    const queue = new Queue<number>(0, { redeliver: true });
    const sum = new Counter();
    const pool = new WorkerPool(Summer, { size: 2, args: [queue, sum, 40], maxRestarts: 10 });
    for (let i = 1; i <= 100; i++) queue.put(i);
    await queue.joinAsync();
    expect(sum.get()).toBe(5050);
    // The items of the dead may be done before the pool has learnt of the second death.
    await vi.waitFor(() => expect(pool.restarts).toBe(2), { timeout: 30_000 });
    expect(pool.threads).toHaveLength(2);
    await pool[Symbol.asyncDispose]();
    expect(pool.threads.some((each) => each.isAlive())).toBe(false);
    await pool.join();
  });

  it('ends, although threads are terminated before they have begun', async () => {
    const queue = new Queue<number>();
    const pool = new WorkerPool(Summer, { size: 4, args: [queue, new Counter(), 40] });
    // All but the first of a class are still starting now, and hold nothing that anybody would have to recover.
    await pool.terminate();
    await pool.join();
    expect(pool.restarts).toBe(0);
  });

  it('ends when every run has returned', async () => {
    const queue = new Queue<number>();
    const sum = new Counter();
    const pool = new WorkerPool(Summer, { size: 2, args: [queue, sum, 1e9, false] });
    queue.putMany([1, 2, 3]);
    queue.shutdown();
    await pool.join();
    expect(sum.get()).toBe(6);
    expect(pool.restarts).toBe(0);
  });

  it.each([true, false])('rejects when restarts have run out (daemon: %s)', async (daemon) => {
    const runs = new Counter();
    const pool = new WorkerPool(Failing, { size: 1, args: [runs, daemon], maxRestarts: 2 });
    const error = (await rejectionOf(pool.join())) as RestartsExhausted;
    expect(error).toBeInstanceOf(RestartsExhausted);
    expect(error).toMatchObject({
      code: 'POOL_RESTARTS_EXHAUSTED',
      restarts: 2,
      cause: { message: 'it never works' },
    });
    expect(runs.get()).toBe(3);
    expect(await rejectionOf(pool.join())).toBe(error);
    await pool.terminate();
  });

  it('gives up at once when the module cannot be loaded', async () => {
    const pool = new WorkerPool(FailsToLoad, { size: 2, maxRestarts: Infinity });
    expect(await rejectionOf(pool.join())).toMatchObject({
      code: 'POOL_RESTARTS_EXHAUSTED',
      cause: { code: 'POOL_THREAD_LOAD' },
    });
    expect(pool.restarts).toBe(0);
  });

  it('does not give up on a run that fails to start another thread', async () => {
    const runs = new Counter();
    const pool = new WorkerPool(StartsAnotherTwice, { size: 1, args: [runs], maxRestarts: 2 });
    expect(await rejectionOf(pool.join())).toMatchObject({
      restarts: 2,
      cause: { code: 'POOL_THREAD_ALREADY_STARTED' },
    });
    expect(runs.get()).toBe(3);
  });

  it('gives each thread its own arguments, if asked', async () => {
    const seen = new Counter();
    await new WorkerPool(Indexed, { size: 2, args: (index) => [seen, index] }).join();
    expect([seen.get(0), seen.get(1)]).toEqual([1, 1]);
  });

  it('refuses bad options', () => {
    expect(() => new WorkerPool(Indexed, { size: 0, args: [new Counter(), 0] })).toThrow(RangeError);
    expect(() => new WorkerPool(Indexed, { size: 1, args: [new Counter(), 0], maxRestarts: -1 })).toThrow(
      RangeError,
    );
  });
});
