import { describe, expect, it } from 'vitest';
import { Cast } from './identities.fixture.ts';
import { OwnerLock } from './owner-lock.ts';

function make() {
  const cast = new Cast();
  const words = new Int32Array(new SharedArrayBuffer(4));
  const enter = () => {
    const identity = cast.enter();
    return { identity, lock: new OwnerLock(words, 0, identity) };
  };
  return { cast, enter };
}

describe('OwnerLock', () => {
  it('names its owner', () => {
    const { enter } = make();
    const [a, b] = [enter(), enter()];
    expect(a.lock.acquire()).toBe('clean');
    expect(b.lock.owner).toBe(a.identity.id);
    expect([a.lock.isMine, b.lock.isMine]).toEqual([true, false]);
    expect(b.lock.tryAcquire()).toBeUndefined();
    expect(b.lock.acquireUntil(performance.now() + 1)).toBe('timed-out');
    a.lock.release();
    expect(b.lock.tryAcquire()).toBe('clean');
  });

  it('is abandoned to exactly one when its owner dies', () => {
    const { cast, enter } = make();
    const [a, b, c] = [enter(), enter(), enter()];
    a.lock.acquire();
    expect(b.lock.tryAcquire()).toBeUndefined();
    cast.kill(a.identity);
    expect(b.lock.acquire()).toBe('abandoned');
    expect(c.lock.tryAcquire()).toBeUndefined();
    b.lock.release();
    expect(c.lock.acquire()).toBe('clean');
  });

  it('recognises a dead owner whose slot has a new occupant', () => {
    const { cast, enter } = make();
    const a = enter();
    a.lock.acquire();
    cast.kill(a.identity);
    for (let i = 0; i < 1023; i++) enter();
    const last = enter();
    expect(last.identity.slot).toBe(a.identity.slot);
    expect(last.lock.isMine).toBe(false);
    expect(last.lock.acquire()).toBe('abandoned');
  });
});
