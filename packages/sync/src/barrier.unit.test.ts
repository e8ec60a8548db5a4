import { describe, expect, it } from 'vitest';
import { Barrier } from './barrier.ts';
import { dieAt } from './dying.fixture.ts';
import { Cast, turns, watch } from './identities.fixture.ts';
import { revive } from './shared-object.ts';

function make(count: number, parties: number) {
  const cast = new Cast();
  const identities = [cast.enter()];
  const members = [new Barrier(parties, { identity: identities[0]! })];
  for (let i = 1; i < count; i++) {
    identities.push(cast.enter());
    members.push(Barrier.attachAs(members[0]!.handle, identities[i]));
  }
  return {
    members: members as [Barrier, Barrier, Barrier],
    kill: (index: number) => cast.kill(identities[index]!),
  };
}

const BROKEN = { code: 'SYNC_BARRIER_BROKEN', name: 'BrokenBarrierError' };

describe('Barrier', () => {
  it('lets all go when the last one comes, each with another number, again and again', async () => {
    const barrier = new Barrier(3);
    for (let round = 0; round < 5; round++) {
      const waits = [barrier.waitAsync(), barrier.waitAsync()];
      await turns(1);
      expect(barrier.nWaiting).toBe(2);
      waits.push(barrier.waitAsync());
      expect((await Promise.all(waits)).sort()).toEqual([0, 1, 2]);
      expect([barrier.nWaiting, barrier.broken, barrier.parties]).toEqual([0, false, 3]);
    }
  });

  it('of one party does not wait', () => {
    expect([new Barrier(1).wait(), new Barrier(1).wait({ timeout: 0 })]).toEqual([0, 0]);
  });

  it('lets a slow waiter of a round that was complete go, whatever has happened since', async () => {
    const barrier = new Barrier(2);
    const slow = watch(barrier.waitAsync());
    await turns(1);
    const others = [watch(barrier.waitAsync())];
    // All before the slow one can look.
    others.push(watch(barrier.waitAsync()));
    barrier.abort();
    barrier.reset();
    others.push(watch(barrier.waitAsync()), watch(barrier.waitAsync()));
    barrier.abort();
    await turns();
    expect(slow.value).toBe(0);
    expect(others.map(({ state }) => state)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('breaks for all when one runs out of time, until it is reset', async () => {
    const barrier = new Barrier(3);
    const patient = watch(barrier.waitAsync());
    await expect(barrier.waitAsync({ timeout: 1 })).rejects.toMatchObject({
      ...BROKEN,
      message: expect.stringContaining('within 1 ms'),
    });
    await turns();
    expect(patient.error).toMatchObject(BROKEN);
    expect([barrier.broken, barrier.nWaiting]).toEqual([true, 0]);
    expect(() => barrier.wait()).toThrow(expect.objectContaining(BROKEN));
    barrier.reset();
    expect(barrier.broken).toBe(false);
    expect(() => barrier.wait({ timeout: 0 })).toThrow(expect.objectContaining(BROKEN));
  });

  it('sends those who wait away when it is reset, and is not broken', async () => {
    const barrier = new Barrier(2);
    const waiter = watch(barrier.waitAsync());
    await turns(1);
    barrier.reset();
    await turns();
    expect(waiter.error).toMatchObject(BROKEN);
    expect([barrier.broken, barrier.nWaiting]).toEqual([false, 0]);
    expect((await Promise.all([barrier.waitAsync(), barrier.waitAsync()])).sort()).toEqual([0, 1]);
    barrier.reset();
    expect(barrier.broken).toBe(false);
  });

  it('breaks by abort, waited for or not', async () => {
    const barrier = new Barrier(2);
    barrier.abort();
    barrier.abort();
    expect(() => barrier.wait()).toThrow(expect.objectContaining(BROKEN));
    barrier.reset();
    const waiter = watch(barrier.waitAsync());
    await turns(1);
    barrier.abort();
    await turns();
    expect(waiter.error).toMatchObject(BROKEN);
  });

  it('counts a party no more from the moment at which it was called off', async () => {
    const barrier = new Barrier(2);
    const abort = new AbortController();
    const called = watch(barrier.waitAsync({ signal: abort.signal }));
    await turns(1);
    abort.abort('off');
    // In the same turn: the promise has had no time to settle.
    expect(barrier.nWaiting).toBe(0);
    const other = watch(barrier.waitAsync());
    await turns();
    expect([called.error, other.state]).toEqual(['off', 'pending']);
    expect(await barrier.waitAsync()).toBe(1);
    await turns();
    expect(other.value).toBe(0);
  });

  it('has counted a party that is called off when the round has ended', async () => {
    const barrier = new Barrier(2);
    const abort = new AbortController();
    const called = watch(barrier.waitAsync({ signal: abort.signal }));
    await turns(1);
    const other = watch(barrier.waitAsync());
    abort.abort('too late');
    await turns();
    expect([called.value, other.value]).toEqual([0, 1]);
  });

  it('goes on without a party that was called off, and gives its number to another', async () => {
    const barrier = new Barrier(2);
    const abort = new AbortController();
    const waiting = barrier.waitAsync({ signal: abort.signal });
    abort.abort('off');
    await expect(waiting).rejects.toBe('off');
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
    expect((await Promise.all([barrier.waitAsync(), barrier.waitAsync()])).sort()).toEqual([0, 1]);
  });

  it('breaks when one that waits dies', async () => {
    const { members, kill } = make(3, 3);
    const [a, b, c] = members;
    watch(a.waitAsync());
    const waiter = watch(b.waitAsync());
    await turns();
    kill(0);
    c.recover();
    await turns();
    expect(waiter.error).toMatchObject(BROKEN);
    expect(c.broken).toBe(true);
  });

  it('does not count a dead one among those who came, though nobody has recovered yet', async () => {
    const { members, kill } = make(2, 2);
    const [a, b] = members;
    watch(a.waitAsync());
    kill(0);
    expect(() => b.wait({ timeout: 0 })).toThrow(expect.objectContaining(BROKEN));
    await turns();
  });

  it('checks its arguments', () => {
    expect(() => new Barrier(0)).toThrow(/parties must be a whole number from 1 to 65536, not 0/);
    expect(() => new Barrier(1.5)).toThrow(RangeError);
    expect(() => new Barrier(2).wait({ timeout: -1 })).toThrow(RangeError);
    expect(() => Barrier.from(1 as never)).toThrow(TypeError);
    const main = new Barrier(1, { identity: new Cast().enter(false) });
    expect(() => main.wait()).toThrow(/await barrier\.waitAsync\(\)/);
  });

  it('travels by handle', async () => {
    const barrier = new Barrier(2);
    const twin = revive(structuredClone(barrier.handle)) as Barrier;
    expect(twin.parties).toBe(2);
    const waiting = barrier.waitAsync();
    expect([twin.nWaiting, twin.wait(), await waiting]).toEqual([1, 1, 0]);
  });

  it('releases or breaks for those who wait, wherever the last one dies', async () => {
    let steps = 0;
    for (let died = true; died; steps++) {
      const { members, kill } = make(3, 2);
      const [victim, waiter, rescuer] = members;
      const waiting = watch(waiter.waitAsync());
      await turns(2);
      died = dieAt(steps, () => victim.wait());
      kill(0);
      rescuer.recover();
      await turns();
      // Either the round was complete, or it goes on without the dead one, who had not come yet.
      if (waiting.state === 'pending') {
        expect([rescuer.nWaiting, rescuer.broken], `died at step ${steps}`).toEqual([1, false]);
        expect(rescuer.wait()).toBe(1);
        await turns();
      }
      expect(waiting, `died at step ${steps}`).toMatchObject({ state: 'fulfilled', value: 0 });
    }
    expect(steps).toBeGreaterThan(10);
  });
});
