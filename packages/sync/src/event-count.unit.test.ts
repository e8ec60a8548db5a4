import { describe, expect, it } from 'vitest';
import { stopClock } from '../test/standing-clock.ts';
import { currentThread } from './current-thread.ts';
import { EVENT_COUNT_WORDS, EventCount } from './event-count.ts';
import { Cast, turns, watch } from './identities.fixture.ts';
import { wakePendingSleeps } from './pending-sleeps.ts';
import { ThreadIdentity } from './thread-identity.ts';
import { deadlineOf } from './timeout.ts';
import { waitAsync } from './wait-async.ts';

function make() {
  const cast = new Cast();
  const words = new Int32Array(new SharedArrayBuffer(EVENT_COUNT_WORDS * 4));
  const view = () => new EventCount(words, 0, cast.enter());
  /** How many are in the engine's list of sleepers; they leave it. */
  const inLine = () => Atomics.notify(words, 0);
  return { cast, words, view, event: view(), inLine };
}

describe('EventCount', () => {
  it('does not sleep on a ticket that a notification has made stale', () => {
    const { event } = make();
    event.enter();
    const ticket = event.ticket();
    event.notify();
    expect(event.park(ticket, Infinity)).toBe('notified');
  });

  it('does not let a waiter sleep uncounted when recovery counts anew before it takes its ticket', () => {
    const { event, view } = make();
    event.enter();
    view().reset();
    const ticket = event.ticket();
    expect(event.hasWaiters).toBe(false);
    expect(event.park(ticket, Infinity)).toBe('notified');
  });

  it('does not take the living out of a count that they are not in', () => {
    const { event, view } = make();
    const generation = event.enter();
    const other = view();
    other.reset();
    other.enter();
    event.leave(generation);
    expect(event.waiters).toBe(1);
  });

  it('counts on after as many resets as there are generations', () => {
    const { event } = make();
    for (let i = 0; i < 5000; i++) event.reset();
    const generation = event.enter();
    expect(event.waiters).toBe(1);
    event.leave(generation);
    expect(event.waiters).toBe(0);
  });

  it('sleeps twice as long each time, but no longer than it may until the next look', () => {
    const { cast, words } = make();
    let looks = 0;
    const look = () => {
      looks++;
      return 4;
    };
    const self = new ThreadIdentity(cast.table, cast.table.claim(100), { slice: 1, reap: look });
    const event = new EventCount(words, 0, self);
    using _ = stopClock();
    event.enter();
    // 1, 2, 4, 4 and 4 milliseconds.
    expect(event.park(event.ticket(), deadlineOf(15))).toBe('timed-out');
    expect(looks).toBe(5);
  });

  it('reports a death that was recorded before the sleep began, once to each view', () => {
    const { cast, event } = make();
    cast.kill(cast.enter());
    event.enter();
    expect(event.park(event.ticket(), Infinity)).toBe('death');
    expect(event.park(event.ticket(), -Infinity)).toBe('timed-out');
    cast.kill(cast.enter());
    expect(event.park(event.ticket(), Infinity)).toBe('death');
  });

  it('wakes one asynchronous waiter at a time, in order', async () => {
    const { event } = make();
    const waits = [0, 1, 2].map(() => {
      event.enter();
      return watch(event.parkAsync(event.ticket(), Infinity, undefined));
    });
    await turns();
    event.notify(1);
    await turns();
    expect(waits.map(({ state }) => state)).toEqual(['fulfilled', 'pending', 'pending']);
    event.notify();
    await turns();
    expect(waits.map(({ state }) => state)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('leaves nobody in line who was called off, and lets the others look again', async () => {
    const { event, inLine } = make();
    const abort = new AbortController();
    event.enter();
    const first = watch(event.parkAsync(event.ticket(), Infinity, abort.signal));
    event.enter();
    const second = watch(event.parkAsync(event.ticket(), Infinity, undefined));
    abort.abort();
    // Already now: the thread might block next, and a notification would be lost on it.
    expect(inLine()).toBe(0);
    await turns();
    expect([first.value, second.value]).toEqual(['aborted', 'notified']);
  });

  it('wakes the others once, however many are called off in one turn', async () => {
    const { words, event } = make();
    const park = () => {
      const abort = new AbortController();
      event.enter();
      return { abort, seen: watch(event.parkAsync(event.ticket(), Infinity, abort.signal)) };
    };
    const waits = [park(), park(), park()];
    const { abort, seen } = waits[0]!;
    for (const wait of waits) wait.abort.abort();
    expect(words[0]).toBe(1);
    await turns();
    expect(waits.map((wait) => wait.seen.value)).toEqual(['aborted', 'aborted', 'aborted']);
    abort.abort();
    const again = park();
    again.abort.abort();
    expect(words[0]).toBe(2);
    await turns();
    expect([seen.value, again.seen.value]).toEqual(['aborted', 'aborted']);
  });

  it('takes those who wait asynchronously out of line when their thread blocks for long', async () => {
    const { words, inLine } = make();
    const event = new EventCount(words, 0, currentThread());
    event.enter();
    const waiting = watch(event.parkAsync(event.ticket(), Infinity, undefined));
    const other = new EventCount(new Int32Array(new SharedArrayBuffer(8)), 0, currentThread());
    other.enter();
    expect(other.park(other.ticket(), performance.now() + 1)).toBe('timed-out');
    expect(inLine()).toBe(0);
    expect(words[0]).toBe(1);
    // Once: who is out of line takes nothing.
    expect(other.park(other.ticket(), performance.now() + 1)).toBe('timed-out');
    expect(words[0]).toBe(1);
    await turns();
    expect(waiting.value).toBe('notified');
  });

  it('does so until those whom a notification has reached have looked', async () => {
    let times = 0;
    for (let ticks = 0; ticks < 20; ticks++) {
      const { words, event } = make();
      const clock = waitAsync(words, 0, 0, Infinity);
      let hasLooked = false;
      const wait = async (signal: AbortSignal | undefined) => {
        event.enter();
        await event.parkAsync(event.ticket(), Infinity, signal);
        hasLooked = true;
      };
      const waiting = wait(ticks % 2 === 0 ? undefined : new AbortController().signal);
      event.notify();
      await clock;
      for (let i = 0; i < ticks >> 1; i++) await null;
      const looked = hasLooked;
      wakePendingSleeps();
      expect(looked || words[0] === 2).toBe(true);
      if (!looked) times++;
      await waiting;
    }
    expect(times).toBeGreaterThan(0);
  });

  it('pays nothing for it when nobody waits asynchronously any more', async () => {
    const { words, event } = make();
    event.enter();
    const waiting = event.parkAsync(event.ticket(), Infinity, undefined);
    event.notify();
    await waiting;
    await turns();
    wakePendingSleeps();
    expect(words[0]).toBe(1);
  });

  it('passes on a wake that is under way when the waiter is called off', async () => {
    const { event } = make();
    const abort = new AbortController();
    event.enter();
    const first = watch(event.parkAsync(event.ticket(), Infinity, abort.signal));
    event.enter();
    const second = watch(event.parkAsync(event.ticket(), Infinity, undefined));
    await turns();
    event.notify(1);
    abort.abort();
    await turns();
    expect(first.value).toBe('aborted');
    expect(second.value).toBe('notified');
  });

  it('gives up in time', async () => {
    const { event } = make();
    event.enter();
    expect(event.park(event.ticket(), performance.now() + 1)).toBe('timed-out');
    expect(await event.parkAsync(event.ticket(), performance.now() + 1, undefined)).toBe('timed-out');
  });
});
