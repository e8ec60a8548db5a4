import type { ExecutionState } from '../engine/execution-state.ts';

/** Decides at each choice of an execution. */
export interface Strategy {
  /** Whether it is asked even when there is nothing to choose. */
  readonly everyStep: boolean;
  /**
   * Whether a spurious wake-up is wanted only where it makes a difference: right before the woken thread goes on, or
   * before a notification that would have woken it. At any earlier moment it comes to the same.
   */
  readonly lateWakes: boolean;
  /**
   * Picks one of the first `count` candidates by its index; -1 abandons the execution. At a `soft` choice the
   * running thread is about to do something that only its death can make visible.
   */
  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number;
}
