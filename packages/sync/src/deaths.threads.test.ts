/** Threads that are ended at random instants, and what they held. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundle } from '../test/fixtures/bundle.ts';
import { A, B, PROGRESS, type RoleData, STOP } from '../test/fixtures/role-data.ts';
import {
  type Actor,
  endsWithoutEvents,
  makeWords,
  randomInstant,
  reaches,
  start,
} from '../test/fixtures/workers.ts';
import { Barrier } from './barrier.ts';
import { Condition } from './condition.ts';
import { createLivenessProbe, currentThread, endChildren, reapChildren } from './kernel.ts';
import { LockTimeout } from './lock-timeout.ts';
import { Mutex } from './mutex.ts';
import { Semaphore } from './semaphore.ts';

/** Deaths for each primitive, three at a time. */
const BATCHES = Number(process.env['SYNC_DEATH_BATCHES'] ?? 6);

/** Starts threads in a role, ends three of four at random instants, again and again, then stops the rest. */
async function decimate(
  data: RoleData,
  between: () => Promise<void> | void = () => {},
  stop: () => Promise<void> | void = () => void Atomics.store(data.words, STOP, 1),
): Promise<void> {
  const survivor = start(data);
  for (let batch = 0; batch < BATCHES; batch++) {
    const victims = [start(data), start(data), start(data)];
    await reaches(data.words, PROGRESS, Atomics.load(data.words, PROGRESS) + 50);
    await Promise.all(
      victims.map(async ({ supervision }) => {
        await randomInstant();
        await supervision.terminate();
      }),
    );
    for (const victim of victims) expect(victim.said).toEqual([]);
    await between();
    expect(survivor.said).toEqual([]);
    // Whatever the dead held, the survivor goes on.
    await reaches(data.words, PROGRESS, Atomics.load(data.words, PROGRESS) + 50);
  }
  await stop();
  expect(await survivor.end).toBe('done');
}

describe('a thread that is ended at a random instant', () => {
  it('does not wedge a mutex, and what it left half-changed is told', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    await decimate({ role: 'change', handle: mutex.handle, words }, async () => {
      const guard = await mutex.lockAsync();
      if (guard.abandoned) words[B] = words[A]!;
      expect(words[A]).toBe(words[B]);
      guard.unlock();
    });
    const guard = mutex.lock();
    expect(words[A]).toBe(words[B]);
    guard.unlock();
  });

  it('gives its permits of a semaphore back', async () => {
    const semaphore = new Semaphore(2, { bounded: true });
    const words = makeWords();
    await decimate({ role: 'permits', handle: semaphore.handle, words });
    expect(semaphore.value).toBe(2);
    expect([semaphore.tryAcquire(), semaphore.tryAcquire(), semaphore.tryAcquire()]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('breaks the barrier at which the others wait', async () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const barrier = new Barrier(4);
      const data: RoleData = { role: 'rounds', handle: barrier.handle, words: makeWords() };
      const [victim, ...others] = [start(data), start(data), start(data)] as [Actor, Actor, Actor];
      while (barrier.nWaiting < 3) await randomInstant();
      await victim.supervision.terminate();
      expect(await Promise.all(others.map(({ end }) => end))).toEqual(['broken', 'broken']);
      expect(barrier.broken).toBe(true);
    }
  });

  it('leaves a barrier, in the midst of its rounds, broken or waiting for another party', async () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const barrier = new Barrier(3);
      const words = makeWords();
      const data: RoleData = { role: 'rounds', handle: barrier.handle, words };
      const [victim, ...others] = [start(data), start(data), start(data)] as [Actor, Actor, Actor];
      await reaches(words, PROGRESS, 30);
      await randomInstant();
      await victim.supervision.terminate();
      while (!barrier.broken && barrier.nWaiting < 2) await randomInstant();
      // It died outside of the barrier, and this thread comes instead of it.
      if (!barrier.broken) expect(await barrier.waitAsync()).toBeLessThan(3);
      barrier.abort();
      expect(await Promise.all(others.map(({ end }) => end))).toEqual(['broken', 'broken']);
    }
  });

  it('swallows no notification of a condition', async () => {
    const condition = new Condition();
    const words = makeWords();
    let produced = 0;
    let producing = true;
    const producer = (async () => {
      while (producing) {
        const guard = await condition.mutex.lockAsync();
        words[A] = words[A]! + 1;
        condition.notify();
        guard.unlock();
        produced++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const stop = async () => {
      // The survivor goes when it is told to stop and nothing is left: what came after that, it would not see.
      producing = false;
      await producer;
      const guard = await condition.mutex.lockAsync();
      Atomics.store(words, STOP, 1);
      condition.notifyAll();
      guard.unlock();
    };
    await decimate({ role: 'consume', handle: condition.handle, words }, () => {}, stop);
    expect(words[A]).toBe(0);
    // At most one item for each that died may be counted in one place and not yet in the other.
    const consumed = Atomics.load(words, PROGRESS);
    expect(produced - consumed).toBeGreaterThanOrEqual(0);
    expect(produced - consumed).toBeLessThanOrEqual(3 * BATCHES);
  });
});

describe('the end of a thread', () => {
  for (const role of ['leave', 'throw'] as const) {
    it(`is noticed when it comes by itself (${role})`, async () => {
      const mutex = new Mutex();
      const actor = start({ role, handle: mutex.handle, words: makeWords() });
      await actor.end;
      expect(actor.supervision.ended).toBe(true);
      expect(mutex.lock().abandoned).toBe(true);
    });
  }

  it('is noticed by a thread that waits without blocking', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const actor = start({ role: 'hold', handle: mutex.handle, words });
    await reaches(words, PROGRESS, 1);
    const waiting = mutex.lockAsync();
    await actor.supervision.terminate();
    expect((await waiting).abandoned).toBe(true);
  });

  it('is noticed by a thread that did not start it and that blocks', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const holder = start({ role: 'hold', handle: mutex.handle, words });
    await reaches(words, PROGRESS, 1);
    const counter = start({ role: 'count', handle: mutex.handle, words, times: 10 });
    await new Promise((resolve) => counter.worker.once('online', resolve));
    await randomInstant();
    await holder.supervision.terminate();
    expect(await counter.end).toBe('done');
    expect(words[A]).toBe(10);
  });

  it('is noticed by the thread that started it while that blocks, if the worker keeps a probe', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const actor = start({ role: 'hold', handle: mutex.handle, words }, createLivenessProbe());
    await reaches(words, PROGRESS, 1);
    // The worker returns from its wait, has nothing left to do, and ends; this thread sees no event of it.
    Atomics.store(words, STOP, 1);
    Atomics.notify(words, STOP);
    const guard = mutex.lock();
    expect(guard.abandoned).toBe(true);
    // What it held comes back when it says that it runs no more; that it has ended, its port tells a moment later.
    expect(endsWithoutEvents(actor)).toBe(true);
    guard.unlock();
    await actor.end;
  });

  for (const how of ['supervision', 'worker'] as const) {
    it(`is noticed by the thread that started it while that blocks, with no probe either (${how}.terminate)`, async () => {
      const mutex = new Mutex();
      const words = makeWords();
      const actor = start({ role: 'hold', handle: mutex.handle, words });
      // Else it could be ended before this thread has ever heard of it.
      await once(actor.worker, 'online');
      await reaches(words, PROGRESS, 1);
      void actor[how].terminate();
      // No event comes before this: were the end not noticed by looking, it would time out.
      const guard = mutex.lock({ timeout: 120_000 });
      expect(guard.abandoned).toBe(true);
      expect(actor.supervision.ended).toBe(true);
      guard.unlock();
      await actor.end;
    });
  }

  for (const role of ['leave', 'throw', 'hold', 'leaveChild'] as const) {
    it(`is noticed by the thread that started it and has blocked ever since, if it ends by itself (${role})`, async () => {
      const mutex = new Mutex();
      const words = makeWords();
      // The one that holds has nothing left to do when it may go on.
      Atomics.store(words, STOP, 1);
      const actor = start({ role, handle: mutex.handle, words });
      Atomics.wait(words, PROGRESS, 0);
      const guard = mutex.lock({ timeout: 120_000 });
      expect(guard.abandoned).toBe(true);
      guard.unlock();
      await actor.end;
    });
  }

  for (const role of ['listenLate', 'useSignalExit'] as const) {
    it(`does not come before the last of its code (${role})`, async () => {
      const mutex = new Mutex();
      const words = makeWords();
      const actor = start({ role, handle: mutex.handle, words });
      await reaches(words, PROGRESS, 1);
      expect(() => mutex.lock({ timeout: 60 })).toThrow(LockTimeout);
      Atomics.store(words, STOP, 1);
      Atomics.notify(words, STOP);
      await actor.end;
      expect(actor.supervision.ended).toBe(true);
      expect(mutex.lock().abandoned).toBe(false);
    });
  }

  it('is nothing that a made-up exit event tells', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const actor = start({ role: 'pretend', handle: mutex.handle, words });
    await reaches(words, PROGRESS, 1);
    // Were the thread taken for dead, the mutex would be had at once.
    expect(() => mutex.lock({ timeout: 60 })).toThrow(LockTimeout);
    Atomics.store(words, STOP, 1);
    Atomics.notify(words, STOP);
    expect(await actor.end).toBe('done');
  });

  it('is looked for more often by the thread that started it, while that blocks', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const { reap } = currentThread();
    const seldom = reap();
    const actor = start({ role: 'change', handle: mutex.handle, words });
    expect(reap()).toBeLessThan(seldom);
    Atomics.store(words, STOP, 1);
    expect(await actor.end).toBe('done');
    expect(reap()).toBe(seldom);
  });

  it('is the end of the threads that it had started', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const parent = start({ role: 'parent', handle: mutex.handle, words });
    await reaches(words, PROGRESS, 1);
    expect(mutex.isLocked).toBe(true);
    const waiting = mutex.lockAsync();
    await parent.supervision.terminate();
    expect((await waiting).abandoned).toBe(true);
  });
});

describe('the end of a thread that has started another one', () => {
  it('is not that of the other one, which may run on, until an event tells of both', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const parent = start({ role: 'parent', handle: mutex.handle, words });
    await once(parent.worker, 'online');
    await reaches(words, PROGRESS, 1);
    void parent.supervision.terminate();
    // No event comes before this: whether the other one has ended by now, nobody can tell.
    while (parent.worker.performance.eventLoopUtilization().idle >= 0) reapChildren();
    reapChildren();
    expect(mutex.isLocked).toBe(true);
    expect(mutex.tryLock()).toBeUndefined();
    expect(parent.supervision.ended).toBe(false);
    await parent.end;
    expect(parent.supervision.ended).toBe(true);
    expect(mutex.lock().abandoned).toBe(true);
  });

  it('is that of both if it keeps a probe', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const parent = start({ role: 'parent', handle: mutex.handle, words }, createLivenessProbe());
    await reaches(words, PROGRESS, 1);
    void parent.supervision.terminate();
    expect(mutex.lock().abandoned).toBe(true);
    expect(parent.supervision.ended).toBe(true);
    await parent.end;
  });
});

describe('the end of a program', () => {
  it('is not held up by threads that are its own to end', () => {
    const program = fileURLToPath(bundle(new URL('../test/fixtures/exits-with-worker.ts', import.meta.url)));
    expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toBe('exit\n');
  });
});

describe('a thread whose promises are rejected all the time', () => {
  // How far it gets before it is ended varies with `round`: each looks for another instant.
  const begin = async (round: number, probe?: ReturnType<typeof createLivenessProbe>) => {
    const mutex = new Mutex();
    const words = makeWords();
    const { supervision } = start({ role: 'reject', handle: mutex.handle, words }, probe);
    await reaches(words, PROGRESS, 1 + round * 500);
    return { mutex, supervision };
  };

  it('ends although Node loses requests to end it', async () => {
    for (let round = 0; round < 20; round++) {
      const { mutex, supervision } = await begin(round);
      await supervision.terminate();
      expect(supervision.ended).toBe(true);
      expect(mutex.lock().abandoned).toBe(true);
    }
  });

  it('ends while the thread that ends it blocks', async () => {
    for (let round = 0; round < 20; round++) {
      const { mutex, supervision } = await begin(round, createLivenessProbe());
      void supervision.terminate();
      expect(mutex.lock().abandoned).toBe(true);
      expect(supervision.ended).toBe(true);
    }
  });

  it('does not keep the thread that started it from ending', async () => {
    for (let round = 0; round < 20; round++) {
      const { mutex } = await begin(round, createLivenessProbe());
      endChildren('probed', 120_000);
      expect(mutex.lock().abandoned).toBe(true);
    }
  });
});
