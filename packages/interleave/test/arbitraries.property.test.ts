import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InterleavingFailure,
  interleavingArbitrary,
  operationsArbitrary,
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

  it.each([
    [{ minThreads: 4 }, [4, 4], [1, 3]],
    [{ maxThreads: 1 }, [1, 1], [1, 3]],
    [{ minOperations: 4 }, [2, 3], [4, 4]],
    [{ maxOperations: 0 }, [2, 3], [0, 0]],
    [{ minThreads: 1, maxOperations: 5 }, [1, 3], [1, 5]],
  ])('take one end of a range alone: %j', (constraints, threads, operations) => {
    const steps = fc.constant('add');
    for (const arbitrary of [
      operationsArbitrary(steps, constraints),
      interleavingArbitrary(steps, constraints).map(({ operations }) => operations),
    ]) {
      const samples = fc.sample(arbitrary, { numRuns: 200, seed: 4 });
      const ends = (lengths: number[]) => [Math.min(...lengths), Math.max(...lengths)];
      expect(ends(samples.map(({ length }) => length))).toEqual(threads);
      expect(ends(samples.flat().map(({ length }) => length))).toEqual(operations);
    }
  });

  it.each([
    [{ minThreads: 0 }, /minThreads is a whole number from 1 to 4, not 0 \(number\)/],
    [{ maxThreads: 5 }, /maxThreads is a whole number from 1 to 4, not 5/],
    [{ minThreads: 3, maxThreads: 2 }, /minThreads is 3 and so more than maxThreads, which is 2/],
    [{ maxOperations: -1 }, /maxOperations is a whole number from 0/],
    [{ threads: 2 }, /no option 'threads'; there are minThreads, /],
    [null, /options are an object .* not null/],
  ])('refuse the operations %j', (constraints, message) => {
    expect(() => operationsArbitrary(fc.nat(), constraints as never)).toThrow(message);
    expect(() => interleavingArbitrary(fc.nat(), constraints as never)).toThrow(message);
  });

  it.each([
    [{ threads: 5 }, /threads is a whole number from 1 to 4, not 5 \(number\)/],
    [{ threads: 0 }, /threads is a whole number from 1 to 4, not 0/],
    [{ threads: '2' }, /threads is a whole number from 1 to 4, not 2 \(string\)/],
    [{ maxSegments: -1 }, /maxSegments is a whole number from 0 to 1000, not -1/],
    [{ maxSteps: 0 }, /maxSteps is a whole number from 1 to 5000, not 0/],
    [{ kills: 9 }, /kills is a whole number from 0 to 8, not 9/],
    [{ spuriousWakes: 0.5 }, /spuriousWakes is a whole number from 0 to 63/],
    [{ timeouts: Number.NaN }, /timeouts is a whole number from 0 to 63, not NaN/],
    [{ steps: 3 }, /no option 'steps'; there are threads, /],
  ])('refuse the schedules %j', (constraints, message) => {
    expect(() => scheduleArbitrary(constraints as never)).toThrow(message);
  });

  it('generate the longest schedules that there can be', () => {
    const longest = scheduleArbitrary({ threads: 1, maxSegments: 1_000, maxSteps: 5_000 });
    const subject = counter([['add']]);
    fc.assert(
      fc.property(longest, (schedule) => void replay(subject, schedule)),
      { numRuns: 20, seed: 6 },
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
