import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InterleavingFailure,
  interleavingArbitrary,
  replay,
  scenario,
  scheduleArbitrary,
} from '../src/index.ts';
import { words } from './words.ts';

type Step = 'add' | 'unsafe add';

/** A counter that a thread may also increment in two steps. */
const counter = (operations: readonly (readonly Step[])[]) =>
  scenario({
    name: 'counter',
    setup: () => ({ count: words(1) }),
    threads: operations.map((steps) => ({ count }: { count: Int32Array }) => {
      for (const step of steps) {
        if (step === 'add') Atomics.add(count, 0, 1);
        else Atomics.store(count, 0, Atomics.load(count, 0) + 1);
      }
    }),
    check: ({ context }) => context.count[0] === operations.flat().length,
  });

describe('the arbitraries', () => {
  it('generate schedules that every scenario can follow, faults included', () => {
    const subject = counter([['add', 'unsafe add'], ['add']]);
    const killed = { ...subject, check: () => undefined };
    fc.assert(
      fc.property(scheduleArbitrary({ kills: 1, spuriousWakes: 1, timeouts: 1 }), (schedule) => {
        const first = replay(killed, schedule);
        // What was executed is itself a schedule, and leads to the same.
        const second = replay(killed, first.schedule);
        expect(second.schedule).toBe(first.schedule);
        expect(second.trace).toEqual(first.trace);
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  it('shrink program and schedule together to the smallest that fails', () => {
    const details = fc.check(
      fc.property(
        interleavingArbitrary(fc.constantFrom<Step>('add', 'unsafe add')),
        ({ operations, schedule }) => {
          replay(counter(operations), schedule);
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
    expect(details.failed).toBe(true);
    expect(details.errorInstance).toBeInstanceOf(InterleavingFailure);
    const [{ operations, schedule }] = details.counterexample as [{ operations: Step[][]; schedule: string }];
    // Shrinking is greedy, so a step may be left over; but not many.
    expect(operations.flat().length).toBeLessThanOrEqual(3);
    expect(operations.length).toBeLessThanOrEqual(3);
    expect(operations.flat()).toContain('unsafe add');
    expect(schedule.split('.').length).toBeLessThanOrEqual(2);
  });
});
