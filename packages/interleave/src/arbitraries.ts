import * as fc from 'fast-check';
import { checkOptions, checkWhole } from './check-options.ts';
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
  /** Stretches of one thread's steps in a row, at most. 0 to 1,000; default 20. */
  readonly maxSegments?: number;
  /** Steps of a stretch, at most. 1 to 5,000; default 8. */
  readonly maxSteps?: number;
  /** Deaths, at most. 0 to 8; default 0. */
  readonly kills?: number;
  /** Spurious wakes, at most. 0 to 63; default 0. */
  readonly spuriousWakes?: number;
  /** Early timeouts, at most. 0 to 63; default 0. */
  readonly timeouts?: number;
}

const scheduleConstraints = ['threads', 'maxSegments', 'maxSteps', 'kills', 'spuriousWakes', 'timeouts'];

/**
 * Schedules for `replay`. They shrink towards few and short stretches, lower threads and no faults. A step that a
 * scenario cannot make at its place is passed over, so any schedule fits any scenario.
 *
 * @throws {RangeError | TypeError} for a constraint that is out of range, or that there is not.
 * @example
 * fc.assert(fc.property(scheduleArbitrary({ threads: 2 }), (schedule) => void replay(counter, schedule)));
 */
export function scheduleArbitrary(constraints: ScheduleConstraints = {}): fc.Arbitrary<string> {
  checkOptions(constraints, scheduleConstraints, '{ threads: 3 }');
  const threads = checkWhole('threads', constraints.threads ?? 2, 1, 4);
  // Their product is what neighbouring stretches can join to, and a schedule has room for seven digits.
  const maxSegments = checkWhole('maxSegments', constraints.maxSegments ?? 20, 0, 1_000);
  const maxSteps = checkWhole('maxSteps', constraints.maxSteps ?? 8, 1, 5_000);
  const kills = checkWhole('kills', constraints.kills ?? 0, 0, 8);
  const wakes = checkWhole('spuriousWakes', constraints.spuriousWakes ?? 0, 0, 63);
  const timeouts = checkWhole('timeouts', constraints.timeouts ?? 0, 0, 63);
  const thread = fc.nat({ max: threads - 1 });
  const stretch = fc
    .tuple(thread, fc.integer({ min: 1, max: maxSteps }))
    .map(([index, count]): Segment => ({ action: actionOf(run, index), count }));
  const faults = (kind: number, count: number) =>
    fc
      .array(fc.tuple(fc.nat({ max: maxSegments }), thread), { maxLength: count })
      .map((places) =>
        places.map(([at, index]) => ({ at, segment: { action: actionOf(kind, index), count: 1 } })),
      );
  return fc
    .tuple(
      fc.array(stretch, { maxLength: maxSegments }),
      faults(kill, kills),
      faults(wake, wakes),
      faults(timeout, timeouts),
    )
    .map(([stretches, ...injected]) => {
      const segments = [...stretches];
      for (const { at, segment } of injected.flat())
        segments.splice(Math.min(at, segments.length), 0, segment);
      return formatSchedule(normaliseSegments(segments));
    });
}

/**
 * What an {@link operationsArbitrary} generates. Where only one end of a range is given and the default of the other does
 * not fit it, both ends are the same.
 */
export interface OperationsConstraints {
  /** Threads, at least. 1 to 4; default 2. */
  readonly minThreads?: number;
  /** Threads, at most. 1 to 4; default 3. */
  readonly maxThreads?: number;
  /** Operations of each thread, at least. From 0; default 1. */
  readonly minOperations?: number;
  /** Operations of each thread, at most. From 0; default 3. */
  readonly maxOperations?: number;
}

const operationsConstraints = ['minThreads', 'maxThreads', 'minOperations', 'maxOperations'];

/** The longest array that fast-check makes. */
const longest = 2 ** 31 - 1;

/** The range between two constraints, of which one or both may be left out. */
function rangeOf(
  constraints: OperationsConstraints,
  kind: 'Threads' | 'Operations',
  [least, most]: readonly [number, number],
  [low, high]: readonly [number, number],
): { minLength: number; maxLength: number } {
  const [minName, maxName] = [`min${kind}`, `max${kind}`] as const;
  const given = (name: typeof minName | typeof maxName): number | undefined => {
    const value = constraints[name];
    return value === undefined ? undefined : checkWhole(name, value, least, most);
  };
  const [min, max] = [given(minName), given(maxName)];
  const minLength = min ?? Math.min(low, max ?? low);
  const maxLength = max ?? Math.max(high, minLength);
  if (minLength > maxLength) {
    throw new RangeError(`${minName} is ${minLength} and so more than ${maxName}, which is ${maxLength}`);
  }
  return { minLength, maxLength };
}

const threadsRange = (constraints: OperationsConstraints) => rangeOf(constraints, 'Threads', [1, 4], [2, 3]);

function operationsOf<Step>(
  operation: fc.Arbitrary<Step>,
  constraints: OperationsConstraints,
): fc.Arbitrary<Step[][]> {
  return fc.array(
    fc.array(operation, rangeOf(constraints, 'Operations', [0, longest], [1, 3])),
    threadsRange(constraints),
  );
}

/**
 * For each thread the operations it does, one after the other. Shrinks to fewer threads with fewer of them.
 *
 * @throws {RangeError | TypeError} for a constraint that is out of range, or that there is not.
 */
export function operationsArbitrary<Step>(
  operation: fc.Arbitrary<Step>,
  constraints: OperationsConstraints = {},
): fc.Arbitrary<Step[][]> {
  checkOptions(constraints, operationsConstraints, '{ maxThreads: 2 }');
  return operationsOf(operation, constraints);
}

/**
 * What the threads do together with the schedule by which they do it: both shrink at once, so a failing property
 * ends with a small program *and* a small schedule.
 *
 * @throws {RangeError | TypeError} for a constraint that is out of range, or that there is not.
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
  const ofSchedule = scheduleConstraints.filter((name) => name !== 'threads');
  checkOptions(constraints, [...operationsConstraints, ...ofSchedule], '{ maxThreads: 2 }');
  const { minThreads, maxThreads, minOperations, maxOperations, ...schedule } = constraints;
  return fc.record({
    operations: operationsOf(operation, constraints),
    schedule: scheduleArbitrary({ ...schedule, threads: threadsRange(constraints).maxLength }),
  });
}
