import type { ReplayOptions } from '../options.ts';

/** What went wrong in an execution. */
export type FailureKind =
  /** `check` threw or returned false. */
  | 'check'
  /** A body threw an error of its own. */
  | 'uncaught'
  /** No thread could go on, and no timeout was left to fire. */
  | 'deadlock'
  /** The step bound was reached although every thread was given its turns. */
  | 'livelock'
  /** A plain access and another thread's access to the same bytes were in no order, and one of them wrote. */
  | 'race'
  /** A body did not do the same again when it was run again: it depends on more than shared memory. */
  | 'nondeterminism'
  /** A body used something that the model does not have, such as `Atomics.waitAsync`. */
  | 'unsupported';

/** A failure as the search met it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** The error out of `check` or a body, if that is what failed. */
  readonly cause?: unknown;
  /** The schedule that leads to it, for `replay`. */
  readonly schedule: string;
  /** The execution as a table with a column for each thread. */
  readonly table: string;
  /** The options of the search that its replay needs, too: those that are not the default. */
  readonly replayOptions: ReplayOptions;
}

/** Thrown by `explore` and `replay` when an execution of the scenario fails. */
export class InterleavingFailure extends Error {
  readonly code = 'INTERLEAVE_FAILURE';
  /** What went wrong. */
  readonly kind: FailureKind;
  /** The smallest schedule found that fails; `replay(scenario, failure.schedule)` runs it again. */
  readonly schedule: string;
  /** The failing execution, step by step, with a column for each thread. */
  readonly table: string;
  /** The scenario's name. */
  readonly scenario: string;
  /** What `replay` takes as options to do so: those of the search that are not the default. */
  readonly replayOptions: ReplayOptions;

  constructor(scenario: string, failure: Failure) {
    super(
      `${scenario}: ${failure.kind}: ${failure.message}\n\n${failure.table}\n\n` +
        `Run it again: replay(scenario, '${failure.schedule}'${asArgument(failure.replayOptions)})`,
      'cause' in failure ? { cause: failure.cause } : undefined,
    );
    this.name = 'InterleavingFailure';
    this.kind = failure.kind;
    this.schedule = failure.schedule;
    this.table = failure.table;
    this.scenario = scenario;
    this.replayOptions = failure.replayOptions;
  }
}

/** The options as they stand in the call. */
function asArgument(options: ReplayOptions): string {
  const parts = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  return parts.length === 0 ? '' : `, { ${parts.join(', ')} }`;
}
