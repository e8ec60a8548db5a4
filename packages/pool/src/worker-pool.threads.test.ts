import { Queue } from '@pkg/queue';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { FailsToLoad } from '../test/fixtures/fails-to-load.ts';
import { Failing, Indexed, LeavesPool, StartsAnotherTwice, Summer } from '../test/fixtures/pool-threads.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import { runFixture, TSX } from '../test/run-program.ts';
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
    while (pool.restarts < 2) await new Promise((resolve) => setImmediate(resolve));
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

  it('waits no longer than it is told to', async () => {
    const queue = new Queue<number>();
    const pool = new WorkerPool(Summer, { size: 1, args: [queue, new Counter(), 1e9] });
    expect(await pool.join({ timeout: 0 })).toBe(false);
    expect(await pool.join({ timeout: 1 })).toBe(false);
    const reason = new Error('enough');
    expect(await rejectionOf(pool.join({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const joined = rejectionOf(pool.join({ signal: controller.signal }));
    controller.abort(reason);
    expect(await joined).toBe(reason);
    expect(await rejectionOf(pool.join({ timeout: -1 }))).toBeInstanceOf(RangeError);
    expect(await rejectionOf(pool.join(1000 as never))).toBeInstanceOf(TypeError);
    queue.shutdown();
    expect(await pool.join({ timeout: 60_000, signal: new AbortController().signal })).toBe(true);
    expect(await pool.join({ timeout: 0 })).toBe(true);
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

  it('rejects when the constructor or the arguments of another thread throw', async () => {
    const cause = new TypeError('no more arguments');
    let asked = 0;
    const pool = new WorkerPool(Failing, {
      size: 1,
      args: () => {
        if (asked++ === 1) throw cause;
        return [new Counter(), false];
      },
    });
    const error = (await rejectionOf(pool.join())) as RestartsExhausted;
    expect(error).toBeInstanceOf(RestartsExhausted);
    expect(error).toMatchObject({ restarts: 0, cause });
    expect(error.message).toBe(
      'a Failing failed, and after 0 restarts no other could be started in its place: TypeError: no more arguments',
    );
    expect(pool.threads).toHaveLength(1);
    expect(pool.threads[0]!.isAlive()).toBe(false);
  });

  it('starts no thread when it is terminated while another is made', async () => {
    const runs = new Counter();
    const pools: WorkerPool<Failing, [Counter, boolean]>[] = [];
    let asked = 0;
    pools.push(
      new WorkerPool(Failing, {
        size: 1,
        args: () => {
          if (asked++ === 1) void pools[0]!.terminate();
          return [runs, false];
        },
      }),
    );
    await pools[0]!.join();
    expect([pools[0]!.restarts, asked, runs.get()]).toEqual([0, 2, 1]);
  });

  it('goes on to reject after terminate() when it had failed before', async () => {
    const pool = new WorkerPool(Failing, { size: 1, args: [new Counter(), true], maxRestarts: 0 });
    const error = await rejectionOf(pool.join());
    await pool.terminate();
    expect(await rejectionOf(pool.join())).toBe(error);
  });

  it('replaces threads also in a thread that has nothing else to do', async () => {
    const runs = new Counter();
    await new LeavesPool(runs).start().joinAsync();
    expect(runs.get()).toBe(2);
  });
});

describe('a program with a pool', () => {
  const start = (...args: string[]) => runFixture('pool-program.ts', process.execPath, TSX, ...args);
  const ofThreads = (stderr: string) => stderr.match(/^Exception in thread .*(?=:$)/gm) ?? [];
  const ofPools = (stderr: string) => stderr.match(/^Exception in WorkerPool of .*\n.*/gm) ?? [];

  it('ends when the pool fails before the queue is done, as the guide has it', async () => {
    const { code, stdout } = await start('whichever comes first');
    expect([code, stdout.trim()]).toEqual([0, 'RestartsExhausted']);
  });

  it.each(['daemon', 'non-daemon'])('is told of each failure once when nobody joins: %s', async (kind) => {
    const { code, stderr } = await start('nobody joins', kind);
    expect(code).toBe(0);
    expect(ofThreads(stderr).sort()).toEqual([1, 2, 3].map((n) => `Exception in thread Boom-${n}`));
    expect(ofPools(stderr)).toEqual([
      'Exception in WorkerPool of Boom:\n' +
        'RestartsExhausted: a Boom failed, and after 1 restart no other is started in its place: RangeError: boom',
    ]);
    expect(stderr.match(/^RangeError: boom/gm)).toHaveLength(3);
  });

  it.each(['daemon', 'non-daemon'])('is told by join() of what no restart follows: %s', async (kind) => {
    const { code, stdout, stderr } = await start('somebody joins', kind);
    expect([code, stdout]).toEqual([
      0,
      'RestartsExhausted: a Boom failed, and after 1 restart no other is started in its place: RangeError: boom\n',
    ]);
    expect(ofThreads(stderr)).toEqual(['Exception in thread Boom-1']);
    expect(ofPools(stderr)).toEqual([]);
  });

  it('is told by join() alone that threads cannot be loaded', async () => {
    const { code, stdout, stderr } = await start('somebody joins what cannot be loaded');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('RestartsExhausted: a FailsToLoad failed');
  });

  it('is told on stderr when nobody joins any more', async () => {
    const { code, stdout, stderr } = await start('somebody has joined, but not for long');
    expect([code, stdout]).toEqual([0, 'false\n']);
    expect([ofThreads(stderr), ofPools(stderr)]).toEqual([
      ['Exception in thread Taker-1'],
      [
        'Exception in WorkerPool of Taker:\n' +
          'RestartsExhausted: a Taker failed, and after 0 restarts no other is started in its place: RangeError: poisoned',
      ],
    ]);
  });

  it('is told by both when it joins after the failure', async () => {
    const { code, stdout, stderr } = await start('somebody joins too late');
    expect([code, ofThreads(stderr).length, ofPools(stderr).length]).toEqual([0, 1, 1]);
    expect(stdout).toContain('RestartsExhausted: a Boom failed');
  });

  it('is told on stderr of threads that fail after join() has rejected', async () => {
    const { code, stdout, stderr } = await start('the second fails later');
    expect([code, ofThreads(stderr).length, ofPools(stderr).length]).toEqual([0, 1, 0]);
    expect(stdout).toContain('RestartsExhausted: a Taker failed');
  });

  it('is told of the threads that an item has killed, although all work is done', async () => {
    const { code, stdout, stderr } = await start('poison');
    expect([code, stdout]).toEqual([0, 'joined\n']);
    expect(ofThreads(stderr)).toHaveLength(3);
    expect(stderr.match(/^RangeError: poisoned/gm)).toHaveLength(3);
  });

  it('is told while its main thread blocks', async () => {
    const { code, stderr } = await start('blocked main');
    expect([code, ofThreads(stderr)]).toEqual([5, ['Exception in thread Boom-1']]);
  });

  it('is told of a thread that has failed when it terminates the pool', async () => {
    const { code, stdout, stderr } = await start('terminated before it is known');
    expect([code, stdout, ofThreads(stderr)]).toEqual([0, 'joined\n', ['Exception in thread Boom-1']]);
  });

  it('is told once of a thread and of another that could not be made in its place', async () => {
    const { code, stderr } = await start('made once');
    expect([code, ofThreads(stderr)]).toEqual([0, ['Exception in thread MadeOnce-1']]);
    expect(ofPools(stderr)).toEqual([
      'Exception in WorkerPool of MadeOnce:\n' +
        'RestartsExhausted: a MadeOnce failed, and after 0 restarts no other could be started in its place: ' +
        'TypeError: only one',
    ]);
    expect(stderr).toContain('[cause]: TypeError: only one');
  });

  it('is told by join() of another that could not be made', async () => {
    const { code, stdout, stderr } = await start('made once, joined');
    expect([code, ofThreads(stderr).length, ofPools(stderr).length]).toEqual([0, 1, 0]);
    expect(stdout).toContain('no other could be started in its place: TypeError: only one');
  });
});
