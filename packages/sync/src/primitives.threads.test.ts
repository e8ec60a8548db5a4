/** The primitives between threads that live. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from '../test/fixtures/bundle.ts';
import { A, PROGRESS, STOP } from '../test/fixtures/role-data.ts';
import { makeWords, reaches, start } from '../test/fixtures/workers.ts';
import { Barrier } from './barrier.ts';
import { Condition } from './condition.ts';
import { Event } from './event.ts';
import { Mutex } from './mutex.ts';
import { Semaphore } from './semaphore.ts';

const FOUR = [0, 1, 2, 3];

describe('between threads', () => {
  it('a mutex keeps all but one out, those that wait without blocking included', async () => {
    const mutex = new Mutex();
    const words = makeWords();
    const times = 20_000;
    const actors = FOUR.map(() => start({ role: 'count', handle: mutex.handle, words, times }));
    for (let i = 0; i < 2_000; i++) {
      const guard = await mutex.lockAsync();
      words[A] = words[A]! + 1;
      guard.unlock();
    }
    expect(await Promise.all(actors.map(({ end }) => end))).toEqual(FOUR.map(() => 'done'));
    expect(words[A]).toBe(4 * times + 2_000);
    expect(mutex.isLocked).toBe(false);
  });

  it('a semaphore gives out as many permits as it has', async () => {
    const semaphore = new Semaphore(2, { bounded: true });
    const words = makeWords();
    const actors = FOUR.map(() => start({ role: 'permits', handle: semaphore.handle, words }));
    await reaches(words, PROGRESS, 1000);
    for (let i = 0; i < 200; i++) {
      expect(await semaphore.acquireAsync()).toBe(true);
      semaphore.release();
    }
    Atomics.store(words, STOP, 1);
    expect(await Promise.all(actors.map(({ end }) => end))).toEqual(FOUR.map(() => 'done'));
    expect(semaphore.value).toBe(2);
  });

  it('a barrier lets nobody through before all have come', async () => {
    const barrier = new Barrier(5);
    const words = makeWords();
    const times = 500;
    const actors = FOUR.map(() => start({ role: 'meet', handle: barrier.handle, words, times }));
    let sum = 0;
    for (let i = 0; i < times; i++) {
      Atomics.add(words, A, 1);
      sum += await barrier.waitAsync();
      expect(Atomics.load(words, A)).toBeGreaterThanOrEqual((i + 1) * 5);
      await barrier.waitAsync();
    }
    for (const { end } of actors) sum += (await end) as number;
    expect(sum).toBe(times * (0 + 1 + 2 + 3 + 4));
  });

  it('a condition wakes one for each notification', async () => {
    const condition = new Condition();
    const words = makeWords();
    const actors = FOUR.map(() => start({ role: 'consume', handle: condition.handle, words }));
    for (let i = 1; i <= 2_000; i++) {
      const guard = await condition.mutex.lockAsync();
      words[A] = words[A]! + 1;
      condition.notify();
      guard.unlock();
      if (i % 100 === 0) await reaches(words, PROGRESS, i);
    }
    Atomics.store(words, STOP, 1);
    const guard = condition.mutex.lock();
    condition.notifyAll();
    guard.unlock();
    expect(await Promise.all(actors.map(({ end }) => end))).toEqual(FOUR.map(() => 'done'));
    expect([words[A], words[PROGRESS]]).toEqual([0, 2_000]);
  });

  it('an event wakes a thread each time that it is set', async () => {
    const event = new Event();
    const words = makeWords();
    const actor = start({ role: 'answer', handle: event.handle, words, times: 500 });
    for (let i = 1; i <= 500; i++) {
      event.set();
      if (i % 2 === 0) await reaches(words, PROGRESS, i);
      // This thread may block as well.
      else while (Atomics.load(words, PROGRESS) < i) Atomics.wait(words, PROGRESS, i - 1);
    }
    expect(await actor.end).toBe('done');
  });

  for (const how of ['pending', 'called off'] as const) {
    it(`a wait that is ${how} takes nothing from others while its thread blocks`, async () => {
      const mutex = new Mutex();
      const event = new Event();
      const words = makeWords();
      const guard = mutex.lock();
      const abort = new AbortController();
      const mine = mutex.lockAsync({ signal: abort.signal });
      const actor = start({ role: 'lockAsync', handle: mutex.handle, words, event: event.handle });
      await reaches(words, PROGRESS, 1);
      if (how === 'called off') abort.abort(how);
      // Wakes the first in line, which is the wait of this thread.
      guard.unlock();
      expect(event.wait({ timeout: 120_000 })).toBe(true);
      if (how === 'called off') await expect(mine).rejects.toBe(how);
      else (await mine).unlock();
      expect(await actor.end).toBe('done');
    });
  }
});

describe('the process', () => {
  const index = bundle(new URL('./index.ts', import.meta.url));
  const run = (program: string) =>
    promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { Mutex, Event } from ${JSON.stringify(index.href)};\n${program}`,
    ]);

  it('lives as long as an asynchronous wait is pending', async () => {
    const { stdout } = await run(`
      const event = new Event();
      event.waitAsync().then(() => console.log('woken'));
      setTimeout(() => event.set(), 50).unref();
    `);
    expect(stdout).toBe('woken\n');
  });

  it('ends when the waits are over or called off', async () => {
    const { stdout } = await run(`
      const mutex = new Mutex();
      mutex.lock();
      const abort = new AbortController();
      mutex.lockAsync({ signal: abort.signal }).catch((reason) => console.log(reason));
      mutex.lockAsync({ timeout: 1 }).catch(({ code }) => console.log(code));
      abort.abort('off');
    `);
    expect(stdout).toBe('off\nSYNC_LOCK_TIMEOUT\n');
  });
});
