import { describe, expect, it } from 'vitest';
import { dieAt } from './dying.fixture.ts';
import { Cast, turns, watch } from './identities.fixture.ts';
import { Semaphore, type SemaphoreOptions } from './semaphore.ts';
import { revive } from './shared-object.ts';

function make(count: number, value: number, options: SemaphoreOptions = {}) {
  const cast = new Cast();
  const identities = [cast.enter()];
  const members = [new Semaphore(value, options, { identity: identities[0]! })];
  const join = () => {
    const identity = cast.enter();
    const member = Semaphore.attachAs(members[0]!.handle, identity);
    identities.push(identity);
    members.push(member);
    return member;
  };
  for (let i = 1; i < count; i++) join();
  const kill = (index: number) => cast.kill(identities[index]!);
  return { members: members as [Semaphore, Semaphore, Semaphore], kill, join };
}

describe('Semaphore', () => {
  it('gives out its permits and takes them back', () => {
    const { members } = make(2, 2);
    const [a, b] = members;
    expect([a.acquire(), b.acquire(), a.tryAcquire(), b.acquire({ timeout: 1 })]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([a.held, b.held, a.value]).toEqual([1, 1, 0]);
    a.release();
    expect([a.held, a.value, b.acquire({ timeout: 0 })]).toEqual([0, 1, true]);
  });

  it('starts at 1 by default and may start at 0', () => {
    expect(new Semaphore().value).toBe(1);
    const signal = new Semaphore(0);
    expect(signal.tryAcquire()).toBe(false);
    signal.release(3);
    expect(signal.value).toBe(3);
  });

  it('checks its arguments', () => {
    expect(() => new Semaphore(-1)).toThrow(/value must be a whole number from 0 to 2147483647, not -1/);
    expect(() => new Semaphore(1.5)).toThrow(RangeError);
    expect(() => new Semaphore('2' as never)).toThrow(/not the string "2"/);
    const semaphore = new Semaphore(1);
    expect(() => semaphore.release(0)).toThrow(RangeError);
    expect(() => semaphore.release(0.5)).toThrow(RangeError);
    expect(() => semaphore.acquire({ timeout: -1 })).toThrow(RangeError);
    expect(() => semaphore.release(2 ** 31 - 1)).toThrow(/2147483647 permits/);
    expect(semaphore.value).toBe(1);
    expect(() => Semaphore.from(null as never)).toThrow(TypeError);
  });

  it('refuses, when bounded, more permits than there were, in every thread', () => {
    const { members } = make(2, 2, { bounded: true });
    const [a, b] = members;
    expect(() => b.release()).toThrow(/bounded/);
    a.acquire();
    expect(() => b.release(2)).toThrow(RangeError);
    expect(a.value).toBe(1);
    b.release();
    expect(a.value).toBe(2);
  });

  it('gives back what a dead thread held', () => {
    const { members, kill } = make(3, 3);
    const [a, b, c] = members;
    a.acquire();
    a.acquire();
    b.acquire();
    expect(c.tryAcquire()).toBe(false);
    kill(0);
    expect([c.tryAcquire(), c.tryAcquire(), c.tryAcquire()]).toEqual([true, true, false]);
    kill(1);
    c.recover();
    expect([c.value, c.held]).toEqual([1, 2]);
  });

  it('gives back what the former occupant of a slot held', () => {
    const { members, kill, join } = make(1, 2);
    members[0].acquire();
    kill(0);
    for (let i = 0; i < 1023; i++) join();
    const heir = join();
    expect(heir.held).toBe(0);
    expect([heir.tryAcquire(), heir.held, heir.tryAcquire(), heir.tryAcquire(), heir.held]).toEqual([
      true,
      1,
      true,
      false,
      2,
    ]);
  });

  it('counts a release by another thread for the one that acquired', () => {
    const { members, kill } = make(2, 1);
    const [a, b] = members;
    a.acquire();
    b.release();
    expect([a.held, b.held, a.value]).toEqual([0, 0, 1]);
    kill(0);
    b.recover();
    expect(b.value).toBe(1);
  });

  it('does not signal again what a dead thread had consumed', () => {
    const { members, kill } = make(2, 0);
    const [a, b] = members;
    b.release(5);
    a.acquire();
    a.acquire();
    kill(0);
    b.recover();
    expect(b.value).toBe(3);
  });

  it('wakes asynchronous waiters, as many as there are permits', async () => {
    const { members } = make(2, 0);
    const [a, b] = members;
    const waits = [a.acquireAsync(), a.acquireAsync(), a.acquireAsync()].map(watch);
    await turns();
    b.release(2);
    await turns();
    expect(waits.map(({ state }) => state)).toEqual(['fulfilled', 'fulfilled', 'pending']);
    b.release();
    await turns();
    expect(waits[2]!.value).toBe(true);
  });

  it('wakes a waiter when a holder dies', async () => {
    const { members, kill } = make(3, 1);
    const [a, b, c] = members;
    a.acquire();
    const waiter = watch(b.acquireAsync());
    await turns();
    kill(0);
    c.recover();
    await turns();
    expect(waiter.value).toBe(true);
  });

  it('gives up in time and when called off', async () => {
    const semaphore = new Semaphore(0);
    expect(await semaphore.acquireAsync({ timeout: 0 })).toBe(false);
    expect(await semaphore.acquireAsync({ timeout: 1 })).toBe(false);
    const abort = new AbortController();
    const waiting = semaphore.acquireAsync({ signal: abort.signal });
    abort.abort('off');
    await expect(waiting).rejects.toBe('off');
    semaphore.release();
    expect(semaphore.value).toBe(1);
  });

  it('names the asynchronous twin where blocking is forbidden', () => {
    const semaphore = new Semaphore(1, {}, { identity: new Cast().enter(false) });
    expect(() => semaphore.acquire()).toThrow(/await semaphore\.acquireAsync\(\)/);
    expect(semaphore.tryAcquire()).toBe(true);
  });

  it('travels by handle', () => {
    const semaphore = new Semaphore(2, { bounded: true });
    const twin = revive(structuredClone(semaphore.handle)) as Semaphore;
    twin.acquire();
    expect([semaphore.value, semaphore.held]).toEqual([1, 1]);
    semaphore.release();
    expect(() => twin.release()).toThrow(/bounded/);
  });

  describe('keeps every permit, wherever a thread dies', () => {
    const operations: Record<string, (mine: Semaphore) => void> = {
      acquire: (mine) => mine.tryAcquire(),
      release: (mine) => mine.release(),
      'release of many': (mine) => mine.release(2),
      'acquire and release': (mine) => {
        mine.tryAcquire();
        mine.release();
      },
    };
    for (const [name, operation] of Object.entries(operations)) {
      it(name, () => {
        let steps = 0;
        for (let died = true; died; steps++) {
          const { members, kill } = make(3, 4, { bounded: true });
          const [victim, survivor, rescuer] = members;
          victim.acquire();
          victim.acquire();
          survivor.acquire();
          died = dieAt(steps, () => operation(victim));
          kill(0);
          survivor.recover();
          expect([survivor.value, survivor.held], `died at step ${steps}`).toEqual([3, 1]);
          rescuer.acquire();
          rescuer.release();
          survivor.release();
          expect(rescuer.value).toBe(4);
        }
        expect(steps).toBeGreaterThan(5);
      });
    }

    it('recover', () => {
      let steps = 0;
      for (let died = true; died; steps++) {
        const { members, kill } = make(3, 4);
        const [dead, victim, survivor] = members;
        dead.acquire();
        dead.acquire();
        victim.acquire();
        kill(0);
        died = dieAt(steps, () => victim.recover());
        kill(1);
        survivor.recover();
        expect([survivor.value, survivor.held], `died at step ${steps}`).toEqual([4, 0]);
      }
      expect(steps).toBeGreaterThan(10);
    });
  });
});
