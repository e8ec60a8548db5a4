import { type Execution, tell, withExecutions } from './execute.ts';
import { type ReplayOptions, replayOptionsOf, resolveOptions } from './options.ts';
import { checkScenario, type Operation, type Scenario } from './scenario.ts';
import { formatSchedule, parseSchedule } from './schedule.ts';
import { InterleavingFailure } from './telling/failure.ts';
import { drawTable } from './telling/table.ts';
import type { TraceEvent } from './telling/trace.ts';

/** One execution, told in full. */
export interface ReplayReport<Result = unknown> {
  /** The schedule as it was executed: what could not be done is left out, what was missing is filled in. */
  readonly schedule: string;
  /** What each thread returned; `undefined` for one that was killed. */
  readonly results: readonly (Result | undefined)[];
  readonly history: readonly Operation[];
  /** Every access, in order. */
  readonly trace: readonly TraceEvent[];
  /** The trace as a table with a column for each thread. */
  readonly table: string;
}

/**
 * Executes the scenario once, along a schedule that a failure printed. Where the schedule asks for what cannot
 * be done (the code may have changed), it goes on with the next step; where it ends, the running thread goes
 * on, or else the first that can.
 *
 * @throws {InterleavingFailure} if the execution fails.
 * @throws {SyntaxError} for a schedule that is none.
 * @throws {RangeError | TypeError} for an option that is out of range, or that there is not; for what is no scenario.
 * @example
 * replay(spinlock, '0x2.1x4');
 */
export function replay<Context, Result>(
  scenario: Scenario<Context, Result>,
  schedule: string,
  options: ReplayOptions = {},
): ReplayReport<Result> {
  const execution = follow(scenario as unknown as Scenario, schedule, options);
  return {
    schedule: formatSchedule(execution.segments),
    results: execution.results as (Result | undefined)[],
    history: execution.history,
    trace: execution.events,
    table: drawTable(execution.events, scenario.threads.length),
  };
}

/** {@link replay}, with all that is known of the execution. */
export function follow(scenario: Scenario, schedule: string, options: ReplayOptions = {}): Execution {
  checkScenario(scenario);
  const segments = parseSchedule(schedule);
  const resolved = resolveOptions(options);
  const execution = withExecutions(scenario, segments, resolved, (execute) => execute(segments, true));
  if (execution.failure === undefined) return execution;
  throw new InterleavingFailure(scenario.name, {
    ...execution.failure,
    ...tell(scenario, execution),
    replayOptions: replayOptionsOf(resolved),
  });
}
