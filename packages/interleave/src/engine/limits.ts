import type { FailureKind } from '../telling/failure.ts';

/** The value of {@link Limits.victims} when any thread may be killed. */
export const anybody = -1;
/** The value of {@link Limits.killsDuring} when a thread may be killed at any time. */
export const anytime = -1;

/** The set of whole numbers below 32: a bit for each. */
export const setOf = (numbers: readonly number[]): number =>
  numbers.reduce((set, number) => set | (1 << number), 0);

/** What a search may spend on one execution, and where it draws the line. */
export interface Limits {
  /** Switches away from a thread that could go on; `Infinity` for no bound. */
  readonly preemptions: number;
  readonly kills: number;
  /** The threads that may be killed: a bit for each. */
  readonly victims: number;
  /** The operations of a victim during which it may be killed: a bit for each. */
  readonly killsDuring: number;
  /** Whether an execution is given up when nobody has died and nobody can die any more. */
  readonly deathsOnly: boolean;
  readonly spuriousWakes: number;
  readonly timeouts: number;
  readonly maxSteps: number;
  readonly spinLimit: number;
  /**
   * Whether a spurious wake-up is wanted only where it makes a difference: right before the woken thread goes on, or
   * before a notification that would have woken it. At any earlier moment it comes to the same.
   */
  readonly lateWakes: boolean;
  /** How many local states of bodies are remembered, so that these need not be run again; 0 to run them always. */
  readonly localStates: number;
}

/** Failure before it has a schedule and a table. */
export interface BareFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly cause?: unknown;
}
