import { describe, expect, it } from 'vitest';
import { lowest } from './lowest.ts';

const ascending = (a: number, b: number) => a - b;

describe('lowest', () => {
  it.each([
    [[], 1, []],
    [[3, 1, 2], 0, []],
    [[3, 1, 2], 1, [1]],
    [[1, 2, 3, 4], 2, [1, 2]],
    [[4, 3, 2, 1], 2, [1, 2]],
    [[2, 4, 1, 3], 3, [1, 2, 3]],
    [[2, 1], 2, [1, 2]],
    [[2, 3, 1], Infinity, [1, 2, 3]],
  ])('of %j, %d: %j', (items, count, expected) => {
    expect(lowest(items, count, ascending)).toEqual(expected);
  });

  it('compares each item once where they come in order', () => {
    let comparisons = 0;
    const items = Array.from({ length: 100 }, (_, i) => i);
    const first = lowest(items, 1, (a, b) => {
      comparisons++;
      return a - b;
    });
    expect(first).toEqual([0]);
    expect(comparisons).toBe(99);
  });
});
