import * as fc from 'fast-check';
import {
  actionOf,
  formatSchedule,
  kill,
  normaliseSegments,
  run,
  type Segment,
  timeout,
  wake,
} from './schedule.ts';

/** What a {@link scheduleArbitrary} generates. */
export interface ScheduleConstraints {
  /** How many threads the scenario has. 1 to 4; default 2. */
  readonly threads?: number;
  /** Stretches of one thread's steps in a row, at most. From 0; default 20. */
  readonly maxSegments?: number;
  /** Steps of a stretch, at most. From 1; default 8. */
  readonly maxSteps?: number;
  /** Deaths, spurious wakes and early timeouts, at most. Default 0. */
  readonly kills?: number;
  readonly spuriousWakes?: number;
  readonly timeouts?: number;
}

/**
 * Schedules for `replay`. They shrink towards few and short stretches, lower threads and no faults. A step that a
 * scenario cannot make at its place is passed over, so any schedule fits any scenario.
 *
 * @example
 * fc.assert(fc.property(scheduleArbitrary({ threads: 2 }), (schedule) => void replay(counter, schedule)));
 */
export function scheduleArbitrary(constraints: ScheduleConstraints = {}): fc.Arbitrary<string> {
  const { threads = 2, maxSegments = 20, maxSteps = 8 } = constraints;
  const thread = fc.nat({ max: threads - 1 });
  const stretch = fc
    .tuple(thread, fc.integer({ min: 1, max: maxSteps }))
    .map(([index, count]): Segment => ({ action: actionOf(run, index), count }));
  const faults = ([kind, count = 0]: readonly [number, number | undefined]) =>
    fc
      .array(fc.tuple(fc.nat({ max: maxSegments }), thread), { maxLength: count })
      .map((places) =>
        places.map(([at, index]) => ({ at, segment: { action: actionOf(kind, index), count: 1 } })),
      );
  return fc
    .tuple(
      fc.array(stretch, { maxLength: maxSegments }),
      faults([kill, constraints.kills]),
      faults([wake, constraints.spuriousWakes]),
      faults([timeout, constraints.timeouts]),
    )
    .map(([stretches, ...injected]) => {
      const segments = [...stretches];
      for (const { at, segment } of injected.flat())
        segments.splice(Math.min(at, segments.length), 0, segment);
      return formatSchedule(normaliseSegments(segments));
    });
}

/** What an {@link operationsArbitrary} generates. */
export interface OperationsConstraints {
  /** Threads. 1 to 4; default 2 to 3. */
  readonly minThreads?: number;
  readonly maxThreads?: number;
  /** Operations of each thread. Default 1 to 3. */
  readonly minOperations?: number;
  readonly maxOperations?: number;
}

/** For each thread the operations it does, one after the other. Shrinks to fewer threads with fewer of them. */
export function operationsArbitrary<Step>(
  operation: fc.Arbitrary<Step>,
  constraints: OperationsConstraints = {},
): fc.Arbitrary<Step[][]> {
  const { minThreads = 2, maxThreads = 3, minOperations = 1, maxOperations = 3 } = constraints;
  return fc.array(fc.array(operation, { minLength: minOperations, maxLength: maxOperations }), {
    minLength: minThreads,
    maxLength: maxThreads,
  });
}

/**
 * What the threads do together with the schedule by which they do it: both shrink at once, so a failing property
 * ends with a small program *and* a small schedule.
 *
 * @example
 * fc.assert(
 *   fc.property(interleavingArbitrary(fc.constantFrom('put', 'get')), ({ operations, schedule }) => {
 *     replay(queueScenario(operations), schedule);
 *   }),
 * );
 */
export function interleavingArbitrary<Step>(
  operation: fc.Arbitrary<Step>,
  constraints: OperationsConstraints & Omit<ScheduleConstraints, 'threads'> = {},
): fc.Arbitrary<{ operations: Step[][]; schedule: string }> {
  return fc.record({
    operations: operationsArbitrary(operation, constraints),
    schedule: scheduleArbitrary({ ...constraints, threads: constraints.maxThreads ?? 3 }),
  });
}
