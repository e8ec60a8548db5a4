import { describe, expect, it } from 'vitest';
import { StateSet } from '../src/engine/state-set.ts';

const budget = (parts: readonly [number, number, number, number], awake: readonly number[] = []): number =>
  parts.reduce((sum, part, byte) => sum | (part << (byte * 8)), 0) |
  awake.reduce((sum, thread) => sum | (128 << (thread * 8)), 0);

describe('the set of states', () => {
  it('knows a state that was entered with as much left of everything', () => {
    const states = new StateSet();
    expect(states.add(1, 2, budget([2, 1, 0, 63]))).toBe(true);
    expect(states.add(1, 2, budget([2, 1, 0, 63]))).toBe(false);
    expect(states.add(1, 2, budget([1, 0, 0, 5]))).toBe(false);
    expect(states.add(1, 3, budget([0, 0, 0, 0]))).toBe(true);
  });

  it.each([0, 1, 2, 3])('does not know it with more left of part %i', (part) => {
    const states = new StateSet();
    const parts: [number, number, number, number] = [3, 3, 3, 3];
    states.add(1, 2, budget(parts));
    parts[part] = 4;
    expect(states.add(1, 2, budget(parts))).toBe(true);
    expect(states.add(1, 2, budget([3, 3, 3, 3]))).toBe(false);
  });

  it.each([0, 1, 2, 3])('does not know it with thread %i awake that slept then', (thread) => {
    const states = new StateSet();
    const others = [0, 1, 2, 3].filter((each) => each !== thread);
    states.add(1, 2, budget([1, 1, 1, 1], others));
    expect(states.add(1, 2, budget([1, 1, 1, 1], []))).toBe(false);
    expect(states.add(1, 2, budget([0, 0, 0, 0], [thread]))).toBe(true);
    expect(states.add(1, 2, budget([1, 1, 1, 1], [0, 1, 2, 3]))).toBe(true);
    expect(states.add(1, 2, budget([1, 1, 1, 1], [thread]))).toBe(false);
  });

  it('keeps what it knows as it grows', () => {
    const states = new StateSet();
    for (let i = 1; i <= 20_000; i++) expect(states.add(i, -i, budget([1, 0, 0, 0]))).toBe(true);
    for (let i = 1; i <= 20_000; i++) expect(states.add(i, -i, budget([1, 0, 0, 0]))).toBe(false);
    expect(states.size).toBe(20_000);
    states.clear();
    expect(states.add(1, -1, budget([0, 0, 0, 0]))).toBe(true);
  });
});
