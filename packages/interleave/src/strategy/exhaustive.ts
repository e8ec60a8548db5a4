import type { ExecutionState } from '../engine/execution-state.ts';
import { begins, ends } from '../engine/pending-access.ts';
import { StateSet } from '../engine/state-set.ts';
import { kindOf, run, threadOf } from '../schedule.ts';
import type { Strategy } from './strategy.ts';

/** Room for the candidates of one choice. */
const stride = 32;

/**
 * Depth-first search through all choices. At each it first lets the running thread go on, so that executions
 * with few preemptions come first. With pruning, two things keep it from going the same way twice. A state that was
 * reached before with at least the present budget is not entered again: memory, what may come to race and each thread's
 * log, of which its local state is a function, decide the future. And a thread whose next access was tried at a choice sleeps while
 * others are tried, until one makes an access that this one depends on (sleep sets; Godefroid: Partial-order methods
 * for the verification of concurrent systems, 1996): made sooner, it came to the same.
 *
 * Sleeping rests on plain accesses being free of races, so it takes the search for races; and what is left out is one
 * order of what has none, so a history's operations keep their order (which began after which ended). What it may hide
 * is how many futile rounds a thread spins, and so what code does that spins so many rounds and then does something else.
 */
export class Exhaustive implements Strategy {
  readonly everyStep = false;
  /** Executions that ended early, since all that could follow was known before. */
  pruned = 0;
  readonly states = new StateSet();
  readonly #ends = new StateSet();
  readonly #prune: boolean;
  readonly #sleeping: boolean;
  #depth = 0;
  #frames = new Float64Array(1024);
  #candidates = new Int32Array(stride * 64);
  /** For each candidate that was tried what its step did, as `pending-access.ts` packs it. */
  #accesses = new Int32Array(stride * 64);
  /** Whether the last choice's step is still to be noted. */
  #onTrial = false;
  #counts = new Int32Array(64);
  #taken = new Int32Array(64);

  /**
   * @param prune enter no state twice
   * @param races whether races are looked for
   */
  constructor(prune: boolean, races: boolean) {
    this.#prune = prune;
    this.#sleeping = prune && races;
  }

  /** Forgets everything, for a search from the start. */
  clear(): void {
    this.#depth = 0;
    this.#onTrial = false;
    this.pruned = 0;
    this.states.clear();
    this.#ends.clear();
  }

  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number {
    this.#note(state, soft);
    if (this.#prune) {
      state.hashState(soft);
      if (!this.states.add(state.stateFirst, state.stateSecond, state.budget)) {
        this.pruned++;
        return -1;
      }
    }
    const depth = this.#depth;
    const size = state.stateSize;
    if (depth === this.#counts.length || (depth + 1) * size > this.#frames.length) this.#grow(size);
    state.save(this.#frames, depth * size);
    const at = depth * stride;
    let awake = 0;
    let first = -1;
    for (let i = 0; i < count; i++) {
      const action = candidates[i] as number;
      if (state.isAsleep(action)) continue;
      if (first < 0) first = i;
      this.#candidates[at + awake++] = action;
    }
    if (first < 0) {
      this.pruned++;
      return -1;
    }
    this.#depth++;
    this.#counts[depth] = awake;
    this.#taken[depth] = 1;
    state.beginTrial(!soft);
    this.#onTrial = true;
    return first;
  }

  /** Keeps what the step of the last choice did. If the next choice lies in the midst of it, it may yet do more. */
  #note(state: ExecutionState, halfway: boolean): void {
    if (!this.#onTrial) return;
    this.#onTrial = false;
    const depth = this.#depth - 1;
    const at = depth * stride + (this.#taken[depth] as number) - 1;
    const { triedAccess } = state;
    this.#accesses[at] = halfway ? triedAccess | begins | ends : triedAccess;
  }

  /** Whether the execution came to the same end as one before: what its check says of it is known. */
  isKnownEnd(state: ExecutionState): boolean {
    if (!this.#prune) return false;
    state.hashState(false);
    return !this.#ends.add(state.stateFirst, state.stateSecond, 0);
  }

  /** Goes back to the last choice that has a candidate left and takes it; false when the search is over. */
  backtrack(state: ExecutionState): boolean {
    this.#note(state, false);
    while (this.#depth > 0) {
      const depth = this.#depth - 1;
      const taken = this.#taken[depth] as number;
      if (taken < (this.#counts[depth] as number)) {
        this.#taken[depth] = taken + 1;
        const at = depth * stride;
        state.restore(this.#frames, depth * state.stateSize, this.#candidates[at + taken] as number);
        if (this.#sleeping) {
          for (let i = 0; i < taken; i++) {
            const tried = this.#candidates[at + i] as number;
            if (kindOf(tried) === run) state.sleep(threadOf(tried), this.#accesses[at + i] as number);
          }
        }
        state.beginTrial(true);
        this.#onTrial = true;
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
    this.#accesses = longer(this.#accesses, new Int32Array(depth * stride));
    this.#counts = longer(this.#counts, new Int32Array(depth));
    this.#taken = longer(this.#taken, new Int32Array(depth));
  }
}
