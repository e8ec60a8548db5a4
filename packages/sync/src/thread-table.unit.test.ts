import { describe, expect, it } from 'vitest';
import { MAX_THREADS, slotOf, ThreadTable } from './thread-table.ts';

describe('ThreadTable', () => {
  it('gives ids that are positive, below 2^30 and different', () => {
    const table = ThreadTable.create();
    const ids = Array.from({ length: 100 }, (_, i) => table.claim(i + 1));
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => id > 0 && id < 2 ** 30 && table.isAlive(id))).toBe(true);
  });

  it('is full at MAX_THREADS and has room again after a death', () => {
    const table = ThreadTable.create();
    const ids = Array.from({ length: MAX_THREADS }, (_, i) => table.claim(i + 1));
    expect(() => table.claim(5000)).toThrow(/1024 threads are alive/);
    expect(table.markDead(ids[17]!)).toBe(true);
    const late = table.claim(5000);
    expect(slotOf(late)).toBe(slotOf(ids[17]!));
    expect(late).not.toBe(ids[17]);
    expect(table.isAlive(late)).toBe(true);
    expect(table.isAlive(ids[17]!)).toBe(false);
  });

  it('never gives an id twice, however often a slot is used again', () => {
    const table = ThreadTable.create();
    const seen = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const id = table.claim(7);
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      expect(table.markDeadByKey(7)).toBe(true);
      expect(table.isAlive(id)).toBe(false);
    }
    expect(table.deaths).toBe(5000);
  });

  it('records a death once', () => {
    const table = ThreadTable.create();
    const id = table.claim(1);
    expect(table.markDead(id)).toBe(true);
    expect(table.markDead(id)).toBe(false);
    expect(table.markDeadByKey(1)).toBe(false);
    expect(table.deaths).toBe(1);
  });

  it('does not take the next occupant of a slot for its dead predecessor', () => {
    const table = ThreadTable.create();
    const ids = Array.from({ length: MAX_THREADS }, (_, i) => table.claim(i + 1));
    table.markDead(ids[0]!);
    const next = table.claim(9000);
    expect(table.markDead(ids[0]!)).toBe(false);
    expect(table.isAlive(next)).toBe(true);
  });

  it('frees the slot of a thread that died between claiming it and taking its id', () => {
    const table = ThreadTable.create();
    const KEYS = 16;
    Atomics.store(table.words, KEYS, 42);
    expect(table.markDeadByKey(42)).toBe(true);
    expect(slotOf(table.claim(43))).toBe(0);
  });

  it('finishes a burial that a death cut short', () => {
    const table = ThreadTable.create();
    const LIVE = 16 + MAX_THREADS;
    const id = table.claim(42);
    const child = table.claim(43);
    table.enrol(id, 43);
    Atomics.store(table.words, LIVE + slotOf(id), -id);
    expect(table.markDeadByKey(42)).toBe(true);
    expect(table.isAlive(child)).toBe(false);
    expect(table.deaths).toBeGreaterThan(0);
    expect(table.markDeadByKey(42)).toBe(false);
  });

  it('buries the threads that the dead one watched over, and theirs', () => {
    const table = ThreadTable.create();
    const [root, parent, child, grandchild, other] = [1, 2, 3, 4, 5].map((key) => table.claim(key)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    table.enrol(root, 2);
    table.enrol(parent, 3);
    table.enrol(child, 4);
    table.enrol(root, 5);
    table.markDeadByKey(2);
    expect([root, parent, child, grandchild, other].map((id) => table.isAlive(id))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it('buries a thread that has stopped alone, until those that it watched over have ended as well', () => {
    const table = ThreadTable.create();
    const ids = [1, 2, 3, 4].map((key) => table.claim(key));
    table.enrol(ids[0]!, 2);
    table.enrol(ids[1]!, 3);
    table.enrol(ids[2]!, 4);
    const alive = () => ids.map((id) => table.isAlive(id));
    expect(table.markDeadAlone(2)).toBe(true);
    expect(alive()).toEqual([true, false, true, true]);
    expect(table.deaths).toBe(1);
    // Told once more, it makes no difference.
    expect(table.markDeadAlone(2)).toBe(true);
    expect(table.deaths).toBe(1);
    expect(table.markDeadByKey(2)).toBe(true);
    expect(alive()).toEqual([true, false, false, false]);
    expect(table.markDeadByKey(2)).toBe(false);
    expect(table.markDeadAlone(2)).toBe(false);
  });

  it('lets nobody else have the slot of a thread that has stopped while its burial waits', () => {
    const table = ThreadTable.create();
    const ids = Array.from({ length: MAX_THREADS }, (_, i) => table.claim(i + 1));
    table.enrol(ids[17]!, 30);
    table.markDeadAlone(18);
    expect(() => table.claim(5000)).toThrow(/1024 threads are alive/);
    table.markDeadByKey(18);
    expect([table.claim(5000), table.claim(5001)].map(slotOf).sort()).toEqual([17, 29]);
  });

  it('buries a thread that has stopped, and that watched over nobody, at once', () => {
    const table = ThreadTable.create();
    const [root, child] = [table.claim(1), table.claim(2)];
    table.enrol(root, 2);
    expect(table.markDeadAlone(2)).toBe(false);
    expect(table.isAlive(child)).toBe(false);
    expect(table.markDeadByKey(2)).toBe(false);
    expect(table.deaths).toBe(1);
  });

  it('buries with its starter what a thread that has stopped left behind', () => {
    const table = ThreadTable.create();
    const [root, parent, child] = [1, 2, 3].map((key) => table.claim(key)) as [number, number, number];
    table.enrol(root, 2);
    table.enrol(parent, 3);
    table.markDeadAlone(2);
    table.markDead(root);
    expect([root, parent, child].map((id) => table.isAlive(id))).toEqual([false, false, false]);
    expect(table.markDeadByKey(2)).toBe(false);
  });

  it('does not bury a thread that its parent has discharged', () => {
    const table = ThreadTable.create();
    const parent = table.claim(1);
    const child = table.claim(2);
    table.discharge(table.enrol(parent, 2));
    table.markDead(parent);
    expect(table.isAlive(child)).toBe(true);
  });

  it('is recognised by other views of it, and only by them', () => {
    const table = ThreadTable.create();
    expect(new ThreadTable(table.memory).token).toBe(table.token);
    expect(ThreadTable.create().token).not.toBe(table.token);
    expect(() => new ThreadTable(new SharedArrayBuffer(64))).toThrow(/64 bytes is no thread table/);
  });
});
