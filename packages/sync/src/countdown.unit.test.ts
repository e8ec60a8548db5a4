import { describe, expect, it } from 'vitest';
import { stopClock } from '../test/standing-clock.ts';
import { Barrier } from './barrier.ts';
import { BrokenBarrierError } from './broken-barrier-error.ts';
import { Condition } from './condition.ts';
import { Countdown } from './countdown.ts';
import { Event } from './event.ts';
import { EVENT_COUNT_WORDS, EventCount } from './event-count.ts';
import { Cast } from './identities.fixture.ts';
import { LockTimeout } from './lock-timeout.ts';
import { Mutex } from './mutex.ts';
import { OwnerLock } from './owner-lock.ts';
import { Semaphore } from './semaphore.ts';
import { ThreadIdentity } from './thread-identity.ts';
import { deadlineOf } from './timeout.ts';

describe('Countdown', () => {
  it('counts what was slept where the clock stands still', () => {
    using _ = stopClock();
    const countdown = new Countdown(deadlineOf(30));
    expect(countdown.left).toBe(30);
    countdown.slept(20);
    expect(countdown.left).toBe(10);
    countdown.slept(10);
    expect(countdown.left).toBe(0);
  });

  it('goes by the clock where that says that less is left', () => {
    const countdown = new Countdown(performance.now() - 1);
    expect(countdown.left).toBe(0);
  });

  it('has no end without a deadline', () => {
    const countdown = new Countdown(deadlineOf(undefined));
    countdown.slept(countdown.left === Infinity ? 50 : 0);
    expect(countdown.left).toBe(Infinity);
  });
});

describe('a timeout that blocks while the clock stands still', () => {
  /** Somebody who sleeps in many slices. */
  const sleeper = () => {
    const { table } = new Cast();
    return new ThreadIdentity(table, table.claim(1), { slice: 1 });
  };

  it('runs out for an EventCount', () => {
    using _ = stopClock();
    const event = new EventCount(new Int32Array(new SharedArrayBuffer(4 * EVENT_COUNT_WORDS)), 0, sleeper());
    event.enter();
    expect(event.park(event.ticket(), deadlineOf(10))).toBe('timed-out');
  });

  it('runs out for an OwnerLock', () => {
    using _ = stopClock();
    const words = new Int32Array(new SharedArrayBuffer(4));
    const cast = new Cast();
    const self = new ThreadIdentity(cast.table, cast.table.claim(1), { slice: 1 });
    new OwnerLock(words, 0, cast.enter()).acquire();
    expect(new OwnerLock(words, 0, self).acquireUntil(deadlineOf(10))).toBe('timed-out');
  });

  it('runs out for a Mutex', () => {
    const mutex = new Mutex();
    const cast = new Cast();
    const other = Mutex.attachAs(mutex.handle, cast.enter());
    const mine = Mutex.attachAs(mutex.handle, cast.enter());
    other.lock();
    using _ = stopClock();
    expect(() => mine.lock({ timeout: 5 })).toThrow(LockTimeout);
  });

  it('runs out for a Semaphore', () => {
    using _ = stopClock();
    expect(new Semaphore(0).acquire({ timeout: 5 })).toBe(false);
  });

  it('runs out for an Event', () => {
    using _ = stopClock();
    expect(new Event().wait({ timeout: 5 })).toBe(false);
  });

  it('runs out for a Barrier', () => {
    using _ = stopClock();
    expect(() => new Barrier(2).wait({ timeout: 5 })).toThrow(BrokenBarrierError);
  });

  it('runs out for a Condition, whatever it waits for', async () => {
    const condition = new Condition();
    condition.mutex.lock();
    using _ = stopClock();
    expect(condition.wait({ timeout: 5 })).toBe(false);
    expect(condition.waitFor(() => false, { timeout: 5 })).toBe(false);
    expect(await condition.waitForAsync(() => false, { timeout: 5 })).toBe(false);
    expect(condition.mutex.isMine).toBe(true);
  });

  it('leaves a Condition a last look at what it waits for', async () => {
    const condition = new Condition();
    condition.mutex.lock();
    using _ = stopClock();
    let looks = 0;
    const holdsAtLast = () => ++looks === 2;
    expect(condition.waitFor(holdsAtLast, { timeout: 5 })).toBe(true);
    looks = 0;
    expect(await condition.waitForAsync(holdsAtLast, { timeout: 5 })).toBe(true);
  });
});
