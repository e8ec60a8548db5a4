import { describe, expect, it, vi } from 'vitest';
import { Condition, type ConditionOptions } from './condition.ts';
import { dieAt } from './dying.fixture.ts';
import { Cast, turns, watch } from './identities.fixture.ts';
import { Mutex } from './mutex.ts';
import { revive } from './shared-object.ts';

function make(count: number, options: ConditionOptions = {}) {
  const cast = new Cast();
  const identities = [cast.enter()];
  const members = [new Condition(new Mutex({ identity: identities[0]! }), options)];
  for (let i = 1; i < count; i++) {
    identities.push(cast.enter());
    members.push(Condition.attachAs(members[0]!.handle, identities[i]));
  }
  return {
    members: members as [Condition, Condition, Condition, Condition],
    kill: (index: number) => cast.kill(identities[index]!),
    identities,
    cast,
  };
}

/** Waits and lets the mutex go again. */
async function waitOnce(condition: Condition, options = {}): Promise<boolean> {
  const guard = await condition.mutex.lockAsync();
  try {
    return await condition.waitAsync(options);
  } finally {
    guard.unlock();
  }
}

function underLock(condition: Condition, body: () => void): void {
  const guard = condition.mutex.lock();
  body();
  guard.unlock();
}

describe('Condition', () => {
  it('reads what it compares waiters by once in a notify', async () => {
    const condition = new Condition();
    const waits: Promise<void>[] = [];
    for (let i = 0; i < 32; i++) {
      await condition.mutex.lockAsync();
      waits.push(condition.waitAsync().then(() => condition.mutex.unlock()));
    }
    const guard = condition.mutex.lock();
    const load = vi.spyOn(Atomics, 'load');
    condition.notify();
    const reads = new Map<unknown, number>();
    for (const [{ buffer }, index] of load.mock.calls) {
      if (buffer === condition.handle.memory) reads.set(index, (reads.get(index) ?? 0) + 1);
    }
    load.mockRestore();
    condition.notifyAll();
    guard.unlock();
    await Promise.all(waits);
    expect(reads.size).toBeGreaterThanOrEqual(64);
    // Of the one that is notified: whether it is already.
    expect([...reads.values()].filter((times) => times > 1)).toEqual([2]);
  });

  it('notifies as many as asked, those first who have waited longest', async () => {
    const condition = new Condition();
    const waits: ReturnType<typeof watch<boolean>>[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(watch(waitOnce(condition)));
      await turns();
    }
    const done = () => waits.map(({ state }) => state === 'fulfilled');
    underLock(condition, () => condition.notify());
    await turns(10);
    expect(done()).toEqual([true, false, false, false, false]);
    underLock(condition, () => condition.notify(2));
    await turns(10);
    expect(done()).toEqual([true, true, true, false, false]);
    underLock(condition, () => condition.notifyAll());
    await turns(10);
    expect(waits.map(({ value }) => value)).toEqual([true, true, true, true, true]);
  });

  it('does not keep notifications for those who come later', async () => {
    const condition = new Condition();
    underLock(condition, () => condition.notify(10));
    const waiter = watch(waitOnce(condition, { timeout: 1 }));
    while (waiter.state === 'pending') await turns();
    expect(waiter.value).toBe(false);
  });

  it('does not spend a notification on one that has given up', async () => {
    const condition = new Condition();
    const first = watch(waitOnce(condition, { timeout: 1 }));
    await turns();
    const second = watch(waitOnce(condition));
    await turns();
    while (first.state === 'pending') await turns();
    underLock(condition, () => condition.notify());
    await turns(10);
    expect([first.value, second.value]).toEqual([false, true]);
  });

  it('locks the mutex again before it returns, and the guard still counts', async () => {
    const condition = new Condition();
    const guard = await condition.mutex.lockAsync();
    const waiting = condition.waitAsync();
    await turns();
    expect(condition.mutex.isLocked).toBe(false);
    const other = condition.mutex.lock();
    condition.notify();
    await turns();
    other.unlock();
    expect(await waiting).toBe(true);
    expect(condition.mutex.isMine).toBe(true);
    guard.unlock();
    expect(condition.mutex.isLocked).toBe(false);
  });

  it('tells the guard when the mutex was taken back from a dead thread', async () => {
    const { members, kill } = make(2);
    const [a, b] = members;
    const guard = await a.mutex.lockAsync();
    const waiting = watch(a.waitAsync());
    await turns();
    b.mutex.lock();
    b.notify();
    kill(1);
    a.mutex.recover();
    a.recover();
    await turns(10);
    expect(waiting.value).toBe(true);
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    expect(a.mutex.isLocked).toBe(false);
  });

  it('blocks until its timeout', () => {
    const condition = new Condition();
    const guard = condition.mutex.lock();
    expect([condition.wait({ timeout: 1 }), condition.wait({ timeout: 0 })]).toEqual([false, false]);
    expect(condition.mutex.isMine).toBe(true);
    guard.unlock();
    expect(condition.mutex.isLocked).toBe(false);
  });

  it('is for the holder of the mutex only', async () => {
    const { members } = make(2);
    const [a, b] = members;
    b.mutex.lock();
    const NOT_HELD = expect.objectContaining({ code: 'SYNC_LOCK_NOT_HELD' });
    expect(() => a.wait()).toThrow(NOT_HELD);
    expect(() => a.waitFor(() => true)).toThrow(/condition\.waitFor\(\)/);
    expect(() => a.notify()).toThrow(/condition\.notify\(\)/);
    expect(() => a.notifyAll()).toThrow(NOT_HELD);
    await expect(a.waitAsync()).rejects.toThrow(/condition\.waitAsync\(\)/);
    await expect(a.waitForAsync(() => true)).rejects.toThrow(/condition\.waitForAsync\(\)/);
  });

  it('waits for a predicate', async () => {
    const condition = new Condition();
    let looks = 0;
    let ready = false;
    const guard = await condition.mutex.lockAsync();
    const waiting = watch(
      condition.waitForAsync(() => {
        looks++;
        expect(condition.mutex.isMine).toBe(true);
        return ready;
      }),
    );
    await turns();
    underLock(condition, () => condition.notify());
    await turns(10);
    expect([waiting.state, looks]).toEqual(['pending', 2]);
    underLock(condition, () => {
      ready = true;
      condition.notify();
    });
    await turns(10);
    expect([waiting.value, looks]).toEqual([true, 3]);
    expect(condition.waitFor(() => 'truthy')).toBe(true);
    expect(condition.waitFor(() => 0, { timeout: 1 })).toBe(false);
    expect(await condition.waitForAsync(() => 0, { timeout: 1 })).toBe(false);
    guard.unlock();
  });

  it('takes no promise for an answer, and no value for a function', async () => {
    const condition = new Condition();
    const guard = condition.mutex.lock();
    const later = async () => false;
    expect(() => condition.waitFor(later)).toThrow(/predicate of condition\.waitFor returned .*Promise/);
    await expect(condition.waitForAsync(later)).rejects.toThrow(TypeError);
    expect(() => condition.waitFor(5 as never)).toThrow(
      /condition\.waitFor takes a function .*, not the number 5/,
    );
    await expect(condition.waitForAsync(true as never)).rejects.toThrow(TypeError);
    expect(condition.mutex.isMine).toBe(true);
    guard.unlock();
  });

  it('holds the mutex when it rejects because it was called off', async () => {
    const condition = new Condition();
    const guard = await condition.mutex.lockAsync();
    const abort = new AbortController();
    const waiting = condition.waitAsync({ signal: abort.signal });
    abort.abort('off');
    await expect(waiting).rejects.toBe('off');
    expect(condition.mutex.isMine).toBe(true);
    guard.unlock();
    await expect(waitOnce(condition, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
  });

  it('wakes the next user of a record in which a wait was called off', async () => {
    const condition = new Condition(new Mutex(), { maxWaiters: 1 });
    const abort = new AbortController();
    const first = waitOnce(condition, { signal: abort.signal });
    await turns();
    abort.abort('off');
    await expect(first).rejects.toBe('off');
    const second = watch(waitOnce(condition));
    await turns();
    underLock(condition, () => condition.notify());
    await turns(10);
    expect(second.value).toBe(true);
  });

  it('notifies nobody who was called off before, not even in the same turn', async () => {
    const condition = new Condition();
    const abort = new AbortController();
    const called = watch(waitOnce(condition, { signal: abort.signal }));
    await turns();
    const other = watch(waitOnce(condition));
    await turns();
    underLock(condition, () => {
      abort.abort('off');
      condition.notify();
    });
    await turns(10);
    expect([called.error, other.value]).toEqual(['off', true]);
  });

  it('keeps a notification that came before the abort', async () => {
    const condition = new Condition(new Mutex(), { maxWaiters: 2 });
    const abort = new AbortController();
    const called = watch(waitOnce(condition, { signal: abort.signal }));
    await turns();
    const others = [watch(waitOnce(condition))];
    await turns();
    underLock(condition, () => {
      condition.notify();
      abort.abort('too late');
    });
    // Its record is free, and may be another's before it has the mutex.
    others.push(watch(waitOnce(condition)));
    await turns(10);
    expect([called.value, ...others.map(({ state }) => state)]).toEqual([true, 'pending', 'pending']);
    underLock(condition, () => condition.notifyAll());
    await turns(10);
    expect(others.map(({ value }) => value)).toEqual([true, true]);
  });

  it('says when too many wait', async () => {
    const condition = new Condition(new Mutex(), { maxWaiters: 1 });
    const first = watch(waitOnce(condition));
    await turns();
    await expect(waitOnce(condition)).rejects.toThrow(/1 wait on this condition already/);
    expect(condition.mutex.isLocked).toBe(false);
    underLock(condition, () => condition.notify());
    await turns(10);
    expect(first.value).toBe(true);
  });

  it('checks its arguments', () => {
    const condition = new Condition();
    const guard = condition.mutex.lock();
    expect(() => condition.notify(-1)).toThrow(RangeError);
    expect(() => condition.notify(0.5)).toThrow(RangeError);
    expect(() => condition.wait({ timeout: -1 })).toThrow(RangeError);
    guard.unlock();
    expect(() => new Condition({} as never)).toThrow(TypeError);
    expect(() => new Condition(new Mutex(), { maxWaiters: 0 })).toThrow(RangeError);
    expect(() => new Condition(new Mutex(), { maxWaiters: undefined })).not.toThrow();
    expect(() => Condition.from(new Mutex().handle as never)).toThrow(/kind '@pkg\/sync\.Mutex'/);
    const main = new Condition(new Mutex({ identity: new Cast().enter(false) }));
    expect(() => main.wait()).toThrow(/await condition\.waitAsync\(\)/);
    expect(() => main.waitFor(() => true)).toThrow(/await condition\.waitForAsync\(\)/);
  });

  it('travels by handle, with its mutex', async () => {
    const condition = new Condition();
    const twin = revive(structuredClone(condition.handle)) as Condition;
    const waiting = watch(waitOnce(condition));
    await turns();
    underLock(twin, () => twin.notify());
    await turns(10);
    expect(waiting.value).toBe(true);
  });

  it('passes on what a dead waiter was notified of', async () => {
    const { members, kill } = make(3);
    const [victim, waiter, notifier] = members;
    watch(waitOnce(victim));
    await turns();
    const second = watch(waitOnce(waiter));
    await turns();
    underLock(notifier, () => notifier.notify());
    // Before the victim can do anything about it.
    kill(0);
    notifier.recover();
    notifier.mutex.recover();
    await turns(10);
    expect(second.value).toBe(true);
  });

  it('does not wake anybody because of a waiter that died without having been notified', async () => {
    const { members, kill } = make(3);
    const [victim, waiter, notifier] = members;
    watch(waitOnce(victim));
    await turns();
    const second = watch(waitOnce(waiter));
    await turns();
    kill(0);
    notifier.recover();
    await turns(10);
    expect(second.state).toBe('pending');
    underLock(notifier, () => notifier.notify());
    await turns(10);
    expect(second.value).toBe(true);
  });

  it('wakes a waiter if the notifier dies half-way, or leaves it to the next notifier', async () => {
    let steps = 0;
    for (let died = true; died; steps++) {
      const { members, kill } = make(3);
      const [victim, waiter, survivor] = members;
      const waiting = watch(waitOnce(waiter));
      await turns();
      died = dieAt(steps, () => underLock(victim, () => victim.notify()));
      kill(0);
      survivor.mutex.recover();
      survivor.recover();
      await turns();
      underLock(survivor, () => survivor.notify());
      await turns(10);
      expect(waiting.value, `died at step ${steps}`).toBe(true);
      expect(survivor.mutex.isLocked).toBe(false);
    }
    expect(steps).toBeGreaterThan(8);
  });

  it('loses no notification if the thread that recovers dies half-way', async () => {
    let steps = 0;
    for (let died = true; died; steps++) {
      const { members, kill } = make(4);
      const [dead, waiter, victim, survivor] = members;
      watch(waitOnce(dead));
      await turns(2);
      const waiting = watch(waitOnce(waiter));
      await turns(2);
      underLock(survivor, () => survivor.notify());
      kill(0);
      died = dieAt(steps, () => victim.recover());
      kill(2);
      survivor.recover();
      survivor.mutex.recover();
      await turns(10);
      expect(waiting.value, `died at step ${steps}`).toBe(true);
    }
    expect(steps).toBeGreaterThan(8);
  });
});
