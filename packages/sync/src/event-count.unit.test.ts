import { describe, expect, it } from 'vitest';
import { EVENT_COUNT_WORDS, EventCount } from './event-count.ts';
import { Cast, turns, watch } from './identities.fixture.ts';

function make() {
  const cast = new Cast();
  const words = new Int32Array(new SharedArrayBuffer(EVENT_COUNT_WORDS * 4));
  const view = () => new EventCount(words, 0, cast.enter());
  return { cast, words, view, event: view() };
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

  it('passes on a wake that reaches a waiter that was called off', async () => {
    const { event } = make();
    const abort = new AbortController();
    const generation = event.enter();
    const first = watch(event.parkAsync(event.ticket(), Infinity, abort.signal));
    event.enter();
    const second = watch(event.parkAsync(event.ticket(), Infinity, undefined));
    abort.abort();
    await turns();
    expect(first.value).toBe('aborted');
    event.leave(generation);
    event.notify(1);
    await turns();
    expect(second.value).toBe('notified');
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
