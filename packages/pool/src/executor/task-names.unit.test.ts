import { describe, expect, it } from 'vitest';
import { TaskNames } from './task-names.ts';

describe('the names of tasks', () => {
  it('are numbers to the owner, and names again to a worker', () => {
    const owner = new TaskNames();
    const worker = new TaskNames(owner.memory);
    const names = ['add', '', 'größe', '💥', 'add'];
    const numbers = names.map((name) => owner.numberOf(name));
    expect(numbers).toEqual([0, 1, 2, 3, 0]);
    expect(numbers.map((number) => worker.nameOf(number))).toEqual(names);
    expect(worker.nameOf(2)).toBe('größe');
    expect(() => worker.nameOf(4)).toThrow(RangeError);
  });

  it('are bounded', () => {
    const names = new TaskNames();
    for (let i = 0; i < 4096; i++) names.numberOf(`task ${i}`);
    expect(() => names.numberOf('one more')).toThrow(RangeError);
    expect(names.numberOf('task 4095')).toBe(4095);
  });
});
