import { describe, expect, it } from 'vitest';
import { Cast, turns, watch } from './identities.fixture.ts';
import { Mutex } from './mutex.ts';
import { FROM, HANDLE, isSharedHandle, revive } from './shared-object.ts';

function make(count: number) {
  const cast = new Cast();
  const first = new Mutex({ identity: cast.enter() });
  const members = [first];
  const identities = [first.beside.identity];
  for (let i = 1; i < count; i++) {
    identities.push(cast.enter());
    members.push(Mutex.attachAs(first.handle, identities[i]));
  }
  return { cast, members: members as [Mutex, ...Mutex[]], identities };
}

describe('Mutex', () => {
  it('is held by one thread at a time', () => {
    const { members } = make(2);
    const [a, b] = members as [Mutex, Mutex];
    const guard = a.lock();
    expect(guard.abandoned).toBe(false);
    expect([a.isLocked, b.isLocked, a.isMine, b.isMine]).toEqual([true, true, true, false]);
    expect(b.tryLock()).toBeUndefined();
    expect(() => b.lock({ timeout: 0 })).toThrow(expect.objectContaining({ code: 'SYNC_LOCK_TIMEOUT' }));
    expect(() => b.lock({ timeout: 1 })).toThrow(/within 1 ms/);
    guard.unlock();
    expect(a.isLocked).toBe(false);
    b.tryLock()!.unlock();
  });

  it('refuses what is not the owner’s to do', () => {
    const { members } = make(2);
    const [a, b] = members as [Mutex, Mutex];
    expect(() => a.unlock()).toThrow(expect.objectContaining({ code: 'SYNC_LOCK_NOT_HELD', owner: 0 }));
    a.lock();
    expect(() => b.unlock()).toThrow(/does not hold the lock: thread \d+ does/);
    expect(() => a.lock()).toThrow(expect.objectContaining({ code: 'SYNC_DEADLOCK' }));
    expect(a.tryLock()).toBeUndefined();
    a.unlock();
    expect(() => a.unlock()).toThrow(/nobody does/);
  });

  it('is unlocked by disposing of the guard', () => {
    const { members } = make(1);
    const guard = members[0].lock();
    guard[Symbol.dispose]();
    expect(members[0].isLocked).toBe(false);
  });

  it('is not unlocked by a guard whose hold has ended', () => {
    const { members } = make(1);
    const [mutex] = members;
    const stale = mutex.lock();
    mutex.unlock();
    const guard = mutex.lock();
    stale.unlock();
    expect(mutex.isLocked).toBe(true);
    guard.unlock();
    guard.unlock();
    expect(mutex.isLocked).toBe(false);
  });

  it('is not abandoned to the hold whose number comes round to that of an abandoned one', () => {
    const { members, identities, cast } = make(2);
    const [a, b] = members as [Mutex, Mutex];
    b.lock();
    cast.kill(identities[1]!);
    const guard = a.lock();
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    // HOLDS, 2^32 - 1 holds later.
    const words = new Int32Array(a.handle.memory);
    words[17] = words[17]! - 1;
    expect(a.lock().abandoned).toBe(false);
  });

  it('is abandoned to the next owner when its owner dies, and to nobody after that', () => {
    const { cast, members, identities } = make(3);
    const [a, b, c] = members as [Mutex, Mutex, Mutex];
    a.lock();
    cast.kill(identities[0]!);
    expect(b.isLocked).toBe(false);
    const guard = b.lock();
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    expect(c.lock().abandoned).toBe(false);
  });

  it('wakes an asynchronous waiter when it is unlocked', async () => {
    const { members } = make(2);
    const [a, b] = members as [Mutex, Mutex];
    const guard = a.lock();
    const waiter = watch(b.lockAsync());
    await turns();
    expect(waiter.state).toBe('pending');
    guard.unlock();
    await turns();
    expect(waiter.value!.abandoned).toBe(false);
    expect(b.isMine).toBe(true);
  });

  it('wakes an asynchronous waiter when its owner dies', async () => {
    const { cast, members, identities } = make(2);
    const [a, b] = members as [Mutex, Mutex];
    a.lock();
    const waiter = watch(b.lockAsync());
    await turns();
    cast.kill(identities[0]!);
    b.recover();
    await turns();
    expect(waiter.value!.abandoned).toBe(true);
  });

  it('keeps asynchronous tasks of one thread apart', async () => {
    const mutex = new Mutex();
    let inside = 0;
    let turnsTaken = 0;
    const task = async () => {
      const guard = await mutex.lockAsync();
      expect(inside++).toBe(0);
      await turns(1);
      inside--;
      turnsTaken++;
      guard.unlock();
    };
    await Promise.all(Array.from({ length: 20 }, task));
    expect(turnsTaken).toBe(20);
    expect(mutex.isLocked).toBe(false);
  });

  it('passes the lock on when a waiter is called off', async () => {
    const mutex = new Mutex();
    const abort = new AbortController();
    const guard = mutex.lock();
    const first = watch(mutex.lockAsync({ signal: abort.signal }));
    const second = watch(mutex.lockAsync());
    await turns();
    guard.unlock();
    abort.abort(new Error('enough'));
    await turns();
    expect(first.state === 'rejected' ? second.state : 'either').not.toBe('pending');
    if (first.state === 'fulfilled') first.value!.unlock();
    await turns();
    expect(second.state).toBe('fulfilled');
  });

  it('rejects with the reason of the signal, and in time', async () => {
    const mutex = new Mutex();
    const guard = mutex.lock();
    await expect(mutex.lockAsync({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
    const abort = new AbortController();
    const waiting = mutex.lockAsync({ signal: abort.signal });
    abort.abort('while');
    await expect(waiting).rejects.toBe('while');
    await expect(mutex.lockAsync({ timeout: 1 })).rejects.toMatchObject({ code: 'SYNC_LOCK_TIMEOUT' });
    await expect(mutex.lockAsync({ timeout: -1 })).rejects.toThrow(RangeError);
    guard.unlock();
    (await mutex.lockAsync({ timeout: 0 })).unlock();
  });

  it('checks timeouts', () => {
    const mutex = new Mutex();
    expect(() => mutex.lock({ timeout: -1 })).toThrow(RangeError);
    expect(() => mutex.lock({ timeout: Number.NaN })).toThrow(RangeError);
    expect(() => mutex.lock({ timeout: '1' as never })).toThrow(TypeError);
    expect(mutex.isLocked).toBe(false);
  });

  it('names the asynchronous twin where blocking is forbidden', async () => {
    const cast = new Cast();
    const mutex = new Mutex({ identity: cast.enter(false) });
    expect(() => mutex.lock()).toThrow(
      expect.objectContaining({
        code: 'SYNC_BLOCKING_FORBIDDEN',
        message: expect.stringContaining('await mutex.lockAsync()'),
      }),
    );
    (await mutex.lockAsync()).unlock();
    mutex.lock({ timeout: 0 }).unlock();
  });

  it('travels by handle', () => {
    const mutex = new Mutex();
    const handle = structuredClone(mutex.handle);
    expect(isSharedHandle(handle)).toBe(true);
    const twin = revive(structuredClone(mutex[HANDLE]())) as Mutex;
    expect(twin).toBeInstanceOf(Mutex);
    const guard = mutex.lock();
    expect([twin.isLocked, Mutex.from(handle).isLocked, Mutex[FROM](handle).isMine]).toEqual([
      true,
      true,
      true,
    ]);
    guard.unlock();
    expect(twin.isLocked).toBe(false);
  });

  it('refuses what is no handle of a Mutex', () => {
    const { memory, threads } = new Mutex().handle;
    for (const [bad, message] of [
      [undefined, /not undefined: pass mutex\.handle/],
      [7, /not the number 7/],
      [{}, /not an Object/],
      [{ '@pkg/sync.kind': '@pkg/sync.Event', memory, threads }, /a handle of kind '@pkg\/sync\.Event'/],
      [{ ...new Mutex().handle, memory: new SharedArrayBuffer(4) }, /4 bytes is no Mutex/],
      [{ ...new Mutex().handle, threads: new SharedArrayBuffer(4) }, /no thread table/],
    ] as const) {
      expect(() => Mutex.from(bad as never)).toThrow(
        expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) }),
      );
    }
  });
});
