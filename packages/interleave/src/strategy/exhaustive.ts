import type { ExecutionState } from '../engine/execution-state.ts';
import { StateSet } from '../engine/state-set.ts';
import type { Strategy } from './strategy.ts';

/** Room for the candidates of one choice. */
const stride = 32;

/**
 * Depth-first search through all choices. At each it first lets the running thread go on, so that executions
 * with few preemptions come first. A state that was reached before with at least the present budget is not
 * entered again: memory, clocks and each thread's log, of which its local state is a function, decide the
 * future.
 */
export class Exhaustive implements Strategy {
  readonly everyStep = false;
  /** Executions that ended in a state known before. */
  pruned = 0;
  readonly states = new StateSet();
  readonly #prune: boolean;
  #depth = 0;
  #frames = new Float64Array(1024);
  #candidates = new Int32Array(stride * 64);
  #counts = new Int32Array(64);
  #taken = new Int32Array(64);

  constructor(prune: boolean) {
    this.#prune = prune;
  }

  /** Forgets everything, for a search from the start. */
  clear(): void {
    this.#depth = 0;
    this.pruned = 0;
    this.states.clear();
  }

  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number {
    if (this.#prune) {
      state.hashState(soft);
      if (!this.states.add(state.stateFirst, state.stateSecond, state.budget)) {
        this.pruned++;
        return -1;
      }
    }
    const depth = this.#depth++;
    const size = state.stateSize;
    if (depth === this.#counts.length || (depth + 1) * size > this.#frames.length) this.#grow(size);
    state.save(this.#frames, depth * size);
    const at = depth * stride;
    for (let i = 0; i < count; i++) this.#candidates[at + i] = candidates[i] as number;
    this.#counts[depth] = count;
    this.#taken[depth] = 1;
    return 0;
  }

  /** Goes back to the last choice that has a candidate left and takes it; false when the search is over. */
  backtrack(state: ExecutionState): boolean {
    while (this.#depth > 0) {
      const depth = this.#depth - 1;
      const taken = this.#taken[depth] as number;
      if (taken < (this.#counts[depth] as number)) {
        this.#taken[depth] = taken + 1;
        state.restore(
          this.#frames,
          depth * state.stateSize,
          this.#candidates[depth * stride + taken] as number,
        );
        return true;
      }
      this.#depth = depth;
    }
    return false;
  }

  #grow(size: number): void {
    const depth = this.#counts.length * 2;
    const longer = <A extends Float64Array | Int32Array>(old: A, array: A): A => {
      array.set(old as never);
      return array;
    };
    this.#frames = longer(this.#frames, new Float64Array(depth * size));
    this.#candidates = longer(this.#candidates, new Int32Array(depth * stride));
    this.#counts = longer(this.#counts, new Int32Array(depth));
    this.#taken = longer(this.#taken, new Int32Array(depth));
  }
}
