import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { dieAt } from './dying.fixture.ts';
import { Event } from './event.ts';
import { Cast, turns, watch } from './identities.fixture.ts';
import { revive } from './shared-object.ts';

describe('Event', () => {
  it('is set and cleared', () => {
    const event = new Event();
    expect([event.isSet, event.wait({ timeout: 0 }), event.wait({ timeout: 1 })]).toEqual([
      false,
      false,
      false,
    ]);
    event.set();
    event.set();
    expect([event.isSet, event.wait()]).toEqual([true, true]);
    event.clear();
    event.clear();
    expect(event.isSet).toBe(false);
  });

  it('wakes everybody who waits', async () => {
    const event = new Event();
    const waits = [event.waitAsync(), event.waitAsync(), event.waitAsync({ timeout: 60_000 })];
    await turns();
    event.set();
    expect(await Promise.all(waits)).toEqual([true, true, true]);
  });

  it('is true for those who waited while it was set, even if it was cleared at once', async () => {
    const event = new Event();
    const waiting = event.waitAsync({ timeout: 60_000 });
    event.set();
    event.clear();
    expect(await waiting).toBe(true);
    expect(await event.waitAsync({ timeout: 0 })).toBe(false);
  });

  it('gives up in time and when called off', async () => {
    const event = new Event();
    expect(await event.waitAsync({ timeout: 1 })).toBe(false);
    const abort = new AbortController();
    const waiting = event.waitAsync({ signal: abort.signal });
    abort.abort('off');
    await expect(waiting).rejects.toBe('off');
    expect(() => event.wait({ timeout: Number.NaN })).toThrow(RangeError);
  });

  it('takes one listener for all waits that are called off together', async () => {
    const event = new Event();
    const { signal } = new AbortController();
    const waits = Array.from({ length: 20 }, () => event.waitAsync({ signal }));
    await turns();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    event.set();
    expect(await Promise.all(waits)).toEqual(waits.map(() => true));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('names the asynchronous twin where blocking is forbidden', () => {
    const event = new Event({ identity: new Cast().enter(false) });
    expect(() => event.wait()).toThrow(/await event\.waitAsync\(\)/);
    expect(event.wait({ timeout: 0 })).toBe(false);
  });

  it('travels by handle', () => {
    const event = new Event();
    (revive(structuredClone(event.handle)) as Event).set();
    expect(event.isSet).toBe(true);
    expect(() => Event.from({} as never)).toThrow(TypeError);
  });

  it('wakes those who wait if the thread that sets it dies half-way', async () => {
    let steps = 0;
    for (let died = true; died; steps++) {
      const cast = new Cast();
      const setter = cast.enter();
      const event = new Event({ identity: cast.enter() });
      const waiter = watch(event.waitAsync());
      await turns();
      died = dieAt(steps, () => Event.attachAs(event.handle, setter).set());
      cast.kill(setter);
      event.recover();
      await turns();
      expect(waiter.state, `died at step ${steps}`).toBe(event.isSet ? 'fulfilled' : 'pending');
      event.set();
    }
    expect(steps).toBeGreaterThan(3);
  });
});
