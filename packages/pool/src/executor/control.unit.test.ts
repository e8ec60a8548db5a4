import { describe, expect, it } from 'vitest';
import { Control } from './control.ts';

describe('the row of a worker', () => {
  it('counts the time for which tasks ran, be it weeks', () => {
    const control = Control.create(2, 2, 0);
    const row = control.row(1);
    const hour = 3_600_000;
    for (let hours = 1; hours <= 1000; hours++) {
      row.countFinished(hour);
      expect(control.row(1).busy / (hours * hour)).toBeCloseTo(1, 6);
    }
    expect(control.row(0).busy).toBe(0);
  });

  it('knows when the worker became ready, be it after years', () => {
    const row = Control.create(1, 1, 0).row(0);
    for (const now of [0, 17, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 32 + 5, 1e12]) {
      row.setReady(now + 0.5);
      expect(row.readyAt).toBe(now);
    }
  });
});
