import type { BareFailure } from './engine/limits.ts';
import { tell, withExecutions } from './execute.ts';
import { minimise } from './minimise.ts';
import { type ExploreOptions, type ResolvedOptions, replayOptionsOf, resolveOptions } from './options.ts';
import { checkScenario, type Scenario } from './scenario.ts';
import { segmentsOf } from './schedule.ts';
import { search } from './search.ts';
import { type Failure, InterleavingFailure } from './telling/failure.ts';

/** What `explore` did. */
export interface ExploreReport {
  readonly scenario: string;
  readonly strategy: 'exhaustive' | 'pct' | 'random';
  /** Complete executions: all threads ran to their end, or the execution failed. */
  readonly schedules: number;
  /** Executions ended early, because all that could follow was known before. */
  readonly pruned: number;
  /** Different states in which there was something to choose. */
  readonly states: number;
  /** Accesses made and faults injected in all executions. */
  readonly steps: number;
  readonly milliseconds: number;
  /** True when an exhaustive search came to its end: there is nothing more within the bounds. */
  readonly complete: boolean;
  /** The failure, if `throwOnFailure` is false and there was one. */
  readonly failure?: Failure;
}

/**
 * Executes the scenario in many interleavings of its threads' accesses to shared memory, and fails on the first
 * that goes wrong, with a schedule as small as it could find.
 *
 * While it runs, the globals `Atomics`, `SharedArrayBuffer`, `DataView`, the typed array constructors, `Date`,
 * `performance.now`, `Math.random` and `crypto`'s random sources are replaced. It is synchronous, so nothing
 * else runs meanwhile on its thread; code under test needs no change. Time is virtual in bodies: it passes only
 * when a timeout fires.
 *
 * @throws {InterleavingFailure} on the first failing execution, unless `throwOnFailure` is false.
 * @throws {RangeError | TypeError} for an option that is out of range, or that there is not; for what is no scenario, or has
 * a `setup` that returns a promise.
 * @example
 * const report = explore(queueScenario, { preemptions: 3, kills: 1 });
 * console.log(report.schedules, report.complete);
 */
export function explore<Context, Result>(
  scenario: Scenario<Context, Result>,
  options: ExploreOptions = {},
): ExploreReport {
  checkScenario(scenario);
  const resolved = resolveOptions(options);
  const subject = scenario as unknown as Scenario;
  const nobody = resolved.victims?.find((thread) => thread >= scenario.threads.length);
  if (nobody !== undefined) {
    throw new RangeError(
      `victims has thread ${nobody}, but '${scenario.name}' has ${scenario.threads.length} threads`,
    );
  }
  const { failure: found, ...counts } = search(subject, resolved);
  const report = { scenario: scenario.name, strategy: resolved.strategy, ...counts };
  if (found === undefined) {
    if (counts.complete && counts.schedules === 0) throw nobodyDies(resolved);
    return report;
  }
  const segments = resolved.minimise ? minimise(subject, found.path, resolved) : segmentsOf(found.path);
  const failure = withExecutions(subject, segments, resolved, (execute): Failure => {
    const execution = execute(segments, true);
    const bare = execution.failure ?? notAgain(found.bare);
    return {
      ...bare,
      ...tell(subject, { ...execution, failure: bare }),
      replayOptions: replayOptionsOf(resolved),
    };
  });
  if (resolved.throwOnFailure) throw new InterleavingFailure(scenario.name, failure);
  return { ...report, failure };
}

/** The failure of an execution that did not fail when it was made again. */
const notAgain = (failure: BareFailure): BareFailure => ({
  ...failure,
  message:
    `${failure.message} — but not when the same schedule was executed again, as it is shown here: ` +
    'something outlives an execution that is not in shared memory made by setup, or an object keeps more than ' +
    '`memoryless` and `keeps` say',
});

/** A search for deaths in parts that came to no execution at all. */
const nobodyDies = ({ victims, killsDuring }: ResolvedOptions): RangeError =>
  new RangeError(
    `nobody can die: no operation of ${victims === undefined ? 'any thread' : `thread ${victims.join(' or ')}`} ` +
      `has a number that is in killsDuring, [${killsDuring?.join(', ')}]`,
  );
