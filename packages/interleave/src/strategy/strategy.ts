import type { ExecutionState } from '../engine/execution-state.ts';

/** Decides at each choice of an execution. */
export interface Strategy {
  /** Whether it is asked even when there is nothing to choose. */
  readonly everyStep: boolean;
  /**
   * Picks one of the first `count` candidates by its index; -1 abandons the execution. At a `soft` choice the
   * running thread is about to do something that only its death can make visible.
   */
  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number;
}
