import { checkOptions, checkWhole } from './check-options.ts';
import { withType } from './with-type.ts';

/** How far a search has come. */
export interface Progress {
  /** Complete executions. */
  readonly schedules: number;
  /** Executions that ended early: all that could follow was known before. */
  readonly pruned: number;
  readonly steps: number;
}

/** How `explore` goes through the executions of a scenario. All options have defaults. */
export interface ExploreOptions {
  /**
   * `'exhaustive'` (default): every execution within the bounds, depth first, without those that come to the same
   * (see {@link ExploreOptions.prune}).
   * `'pct'`: random priorities with a guarantee (see {@link ExploreOptions.depth}). `'random'`: any thread at
   * every step.
   */
  readonly strategy?: 'exhaustive' | 'pct' | 'random';
  /**
   * Exhaustive only: how often an execution may switch away from a thread that could go on. 0 to 63, or
   * `Infinity`, which is the default. Most bugs need one or two.
   */
  readonly preemptions?: number;
  /** How many threads may be killed, at any of their accesses and at the end of any operation. 0 to 8; default 0. */
  readonly kills?: number;
  /**
   * The threads that may be killed, by number, and whoever recovers for them; default all. For threads that never die in
   * earnest, and to search for the deaths of one thread after the other.
   */
  readonly victims?: readonly number[];
  /**
   * The operations of a victim during which it may be killed, by number from 0: from the end of the operation before to
   * its own end. Default all. What a body does after its last counts as one more. To search in parts for what is too long
   * for one search: an exhaustive search leaves out the executions in which nobody has died by then, which a search without
   * `kills` goes through.
   */
  readonly killsDuring?: readonly number[];
  /** How many waits may end without a notify. 0 to 63; default 0. */
  readonly spuriousWakes?: number;
  /**
   * How many timeouts may fire although a thread could still go on. 0 to 63; default 0. A timeout that is the
   * only thing left to happen fires in any case.
   */
  readonly timeouts?: number;
  /** Stops after so many complete executions. Default: `Infinity` for exhaustive, 10,000 for the others. */
  readonly schedules?: number;
  /** Stops after so many milliseconds. Default `Infinity`. */
  readonly milliseconds?: number;
  /** `'pct'` and `'random'`: the same seed gives the same executions. A whole number; default 1. */
  readonly seed?: number;
  /** `'pct'`: how many ordering constraints the bugs have that it looks for, from 1; default 3. */
  readonly depth?: number;
  /**
   * Exhaustive only: leave out states met before, spurious wakes that nobody could notice yet and, with
   * {@link ExploreOptions.races}, other orders of accesses that do not depend on each other; and let `check` judge an
   * end that several executions come to only once. Default true; false counts every execution.
   */
  readonly prune?: boolean;
  /**
   * Report plain accesses that race. Default true. False takes other orders of what does not race for different ones, and
   * so explores more executions; but a plain access is no step: threads switch at atomic accesses only, also where plain
   * ones race, and `complete` means all executions of that kind. Let data that is meant to be racy go through `Atomics`.
   */
  readonly races?: boolean;
  /**
   * An execution of more steps counts as a livelock. From 1; default 5,000. A thread that has made an eighth of them in a
   * row (but at least 50) lets the others go first: executions in which it goes on are not explored, so raise this for
   * threads that make more accesses than that.
   */
  readonly maxSteps?: number;
  /**
   * How often a thread may repeat a round of accesses that yield the same from unchanged memory before another
   * thread must have its turn: it spins. From 1; default 2. Where code spins a bounded number of rounds and
   * then does something else, raise it to that number to see it do so without others moving.
   */
  readonly spinLimit?: number;
  /** Look for a smaller schedule once one fails. Default true. */
  readonly minimise?: boolean;
  /** Throw an {@link InterleavingFailure}. Default true; false returns it in the report. */
  readonly throwOnFailure?: boolean;
  /** Called about once a second during a long search, with what was done so far. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The options of `explore` that matter to a single execution. */
export type ReplayOptions = Pick<ExploreOptions, 'races' | 'maxSteps' | 'spinLimit'>;

/** Those of them that are not the default, for the line that replays an execution. */
export function replayOptionsOf(options: ResolvedOptions): ReplayOptions {
  const { races, maxSteps, spinLimit } = options;
  return {
    ...(races ? {} : { races }),
    ...(maxSteps === mostSteps ? {} : { maxSteps }),
    ...(spinLimit === fewestSpins ? {} : { spinLimit }),
  };
}

/** Defaults of `maxSteps` and `spinLimit`. */
const mostSteps = 5_000;
const fewestSpins = 2;

/** {@link ExploreOptions} with the defaults filled in. */
export type ResolvedOptions = Required<Omit<ExploreOptions, 'onProgress' | 'victims' | 'killsDuring'>> & {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly victims: readonly number[] | undefined;
  readonly killsDuring: readonly number[] | undefined;
};

/** Every option by name; the compiler sees to it that none is forgotten. */
const known = Object.keys({
  strategy: 0,
  preemptions: 0,
  kills: 0,
  victims: 0,
  killsDuring: 0,
  spuriousWakes: 0,
  timeouts: 0,
  schedules: 0,
  milliseconds: 0,
  seed: 0,
  depth: 0,
  prune: 0,
  races: 0,
  maxSteps: 0,
  spinLimit: 0,
  minimise: 0,
  throwOnFailure: 0,
  onProgress: 0,
} satisfies Record<keyof ExploreOptions, 0>);

/** @throws {RangeError} or `TypeError` naming the option, its value and what it takes. */
export function resolveOptions(options: ExploreOptions = {}): ResolvedOptions {
  checkOptions(options, known, '{ preemptions: 2 }');
  const { strategy = 'exhaustive' } = options;
  if (!['exhaustive', 'pct', 'random'].includes(strategy)) {
    throw new TypeError(`strategy is 'exhaustive', 'pct' or 'random', not ${String(strategy)}`);
  }
  const whole = (name: keyof ExploreOptions, fallback: number, least: number, most: number): number =>
    checkWhole(name, options[name] === undefined ? fallback : options[name], least, most);
  const flag = (name: 'prune' | 'races' | 'minimise' | 'throwOnFailure'): boolean => {
    const { [name]: value = true }: { [key in typeof name]?: unknown } = options;
    if (typeof value === 'boolean') return value;
    throw new TypeError(`${name} is true or false, not ${withType(value)}`);
  };
  const { onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`onProgress is a function, not ${withType(onProgress)}`);
  }
  const infinity = Number.POSITIVE_INFINITY;
  const { milliseconds = infinity } = options;
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) {
    throw new RangeError(`milliseconds is a number from 0, not ${withType(milliseconds)}`);
  }
  const numbers = (name: 'victims' | 'killsDuring', what: string, most: number): void => {
    const value: unknown = options[name];
    if (value === undefined) return;
    const isOne = (one: unknown) => Number.isInteger(one) && (one as number) >= 0 && (one as number) <= most;
    if (!Array.isArray(value) || value.length === 0 || !value.every(isOne)) {
      throw new TypeError(`${name} is an array of numbers of ${what}, 0 to ${most}, not ${withType(value)}`);
    }
    if ((options.kills ?? 0) === 0) {
      throw new RangeError(
        `${name} says who may be killed, and kills is 0, so nobody may: give kills as well`,
      );
    }
  };
  const { victims, killsDuring } = options;
  numbers('victims', 'threads', 7);
  numbers('killsDuring', 'operations', 30);
  return {
    strategy,
    preemptions: checkPreemptions(options.preemptions),
    kills: whole('kills', 0, 0, 8),
    victims,
    killsDuring,
    spuriousWakes: whole('spuriousWakes', 0, 0, 63),
    timeouts: whole('timeouts', 0, 0, 63),
    schedules: whole('schedules', strategy === 'exhaustive' ? infinity : 10_000, 1, infinity),
    milliseconds,
    seed: whole('seed', 1, -(2 ** 31), 2 ** 32),
    depth: whole('depth', 3, 1, 100),
    prune: flag('prune'),
    races: flag('races'),
    maxSteps: whole('maxSteps', mostSteps, 1, 1_000_000),
    spinLimit: whole('spinLimit', fewestSpins, 1, 1_000_000),
    minimise: flag('minimise'),
    throwOnFailure: flag('throwOnFailure'),
    onProgress,
  };
}

/** The most preemptions that are counted: what is left of them is kept with each state that was met, in six bits. */
export const MOST_PREEMPTIONS = 63;

function checkPreemptions(value: unknown): number {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_PREEMPTIONS)
    return value as number;
  throw new RangeError(
    `preemptions is a whole number from 0 to ${MOST_PREEMPTIONS}, or Infinity, not ${withType(value)}`,
  );
}
