import { anybody, anytime, type BareFailure, type Limits, setOf } from './engine/limits.ts';
import { natives } from './engine/natives.ts';
import type { ResolvedOptions } from './options.ts';
import type { Scenario } from './scenario.ts';
import { Session } from './session.ts';
import { Exhaustive } from './strategy/exhaustive.ts';
import { FaultPlan } from './strategy/fault-plan.ts';
import { Pct } from './strategy/pct.ts';
import { RandomSource } from './strategy/random-source.ts';
import { RandomWalk } from './strategy/random-walk.ts';
import type { Strategy } from './strategy/strategy.ts';

/** What a search did. */
export interface SearchResult {
  schedules: number;
  pruned: number;
  states: number;
  steps: number;
  milliseconds: number;
  /** Whether an exhaustive search came to its end. */
  complete: boolean;
  failure: { readonly bare: BareFailure; readonly path: readonly number[] } | undefined;
}

/** The bounds on one execution that the options set. */
function limitsOf(options: ResolvedOptions, localStates: number): Limits {
  return {
    preemptions: options.strategy === 'exhaustive' ? options.preemptions : Number.POSITIVE_INFINITY,
    kills: options.kills,
    victims: options.victims === undefined ? anybody : setOf(options.victims),
    killsDuring: options.killsDuring === undefined ? anytime : setOf(options.killsDuring),
    // A random walk counts executions that come to an end.
    deathsOnly: options.strategy === 'exhaustive' && options.killsDuring !== undefined,
    spuriousWakes: options.spuriousWakes,
    timeouts: options.timeouts,
    maxSteps: options.maxSteps,
    spinLimit: options.spinLimit,
    lateWakes: options.strategy === 'exhaustive' && options.prune,
    localStates,
  };
}

/** Of so many local states a search remembers what bodies do there: some hundred bytes each. */
const mostLocalStates = 1 << 19;

/** Executions between looks at the time: a look costs more than a short execution. */
const stride = 64;

/**
 * Executes the scenario as the options say, to the first failure or the end.
 *
 * @param localStates how many local states are remembered; the outcome does not depend on it
 */
export function search(
  scenario: Scenario,
  options: ResolvedOptions,
  localStates: number = mostLocalStates,
): SearchResult {
  const start = natives.now();
  const exhaustive =
    options.strategy === 'exhaustive' ? new Exhaustive(options.prune, options.races) : undefined;
  const random = new RandomSource();
  const faults = new FaultPlan(options.kills, options.spuriousWakes, options.timeouts);
  const walk =
    options.strategy === 'pct' ? new Pct(random, faults, options.depth) : new RandomWalk(random, faults);
  const strategy: Strategy = exhaustive ?? walk;
  const hashing = exhaustive !== undefined && options.prune;
  const limits = limitsOf(options, localStates);
  return withoutStacks(() =>
    Session.run(scenario, limits, strategy, { races: options.races, hashing }, (session) => {
      const { machine } = session;
      let schedules = 0;
      let lastProgress = start;
      const result = (complete: boolean): SearchResult => ({
        schedules,
        pruned: exhaustive?.pruned ?? 0,
        states: exhaustive?.states.size ?? 0,
        steps: machine.totalSteps,
        milliseconds: natives.now() - start,
        complete,
        failure:
          machine.failure === null
            ? undefined
            : { bare: machine.failure, path: [...machine.path.subarray(0, machine.steps)] },
      });
      const isKnownEnd = exhaustive && (() => exhaustive.isKnownEnd(machine));
      machine.reset();
      for (let executions = 0; ; ) {
        if (exhaustive === undefined) {
          random.seed(options.seed, schedules);
          walk.begin(machine);
          machine.reset();
        }
        if (session.finish(isKnownEnd)) schedules++;
        if (machine.failure !== null) return result(false);
        if (session.mustRestart) {
          // What was searched so far was searched for races with half an eye: begin again.
          schedules = 0;
          exhaustive?.clear();
          machine.reset();
          continue;
        }
        if (schedules >= options.schedules) return result(false);
        if (++executions % stride === 0) {
          const now = natives.now();
          if (now - start >= options.milliseconds) return result(false);
          if (options.onProgress !== undefined && now - lastProgress >= 1000) {
            lastProgress = now;
            options.onProgress({ schedules, pruned: exhaustive?.pruned ?? 0, steps: machine.totalSteps });
          }
        }
        if (exhaustive !== undefined && !exhaustive.backtrack(machine)) return result(true);
      }
    }),
  );
}

/**
 * Where bodies throw (a queue that is empty), telling the stack of each error takes half the time of a search. What
 * fails is executed again, with stacks, to be told.
 */
function withoutStacks<T>(body: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
