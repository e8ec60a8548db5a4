import type { ExecutionState } from '../engine/execution-state.ts';
import {
  actionOf,
  isBeforeAccess,
  kill,
  kindOf,
  positionOf,
  run,
  type Segment,
  threadOf,
} from '../schedule.ts';
import type { Strategy } from './strategy.ts';

/**
 * Follows a schedule. It may come from another version of the code, or from a shrinker: an action that cannot
 * be taken is left out, and where the schedule ends the running thread goes on, or else the first that can.
 */
export class Follow implements Strategy {
  readonly everyStep = true;
  /** The steps up to the last that would not have been made where a schedule ends: all that come after follow by themselves. */
  decided = 0;
  readonly #segments: readonly Segment[];
  #at = 0;
  #used = 0;
  /** Whether the running thread goes on only to come to where the schedule has it die. */
  #isOnItsWay = false;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number {
    const choice = soft ? this.#chooseSoft(candidates) : this.#chooseNext(state, candidates, count);
    const byItself = soft ? 0 : this.#otherwise(candidates, count);
    if (choice !== byItself) this.decided = state.steps + 1;
    return choice;
  }

  #chooseNext(state: ExecutionState, candidates: Int32Array, count: number): number {
    this.#isOnItsWay = false;
    for (;;) {
      const segment = this.#segments[this.#at];
      if (segment === undefined) return this.#otherwise(candidates, count);
      for (let i = 0; i < count; i++) {
        if (fulfils(candidates[i] as number, segment.action)) {
          this.#use(segment);
          return i;
        }
      }
      const towards = this.#stepTowards(state, candidates, count, segment.action);
      if (towards >= 0) return towards;
      this.#at++;
      this.#used = 0;
    }
  }

  /** A kill between plain writes and ends of operations is taken where its position says; anything else waits for the next access. */
  #chooseSoft(candidates: Int32Array): number {
    const segment = this.#segments[this.#at];
    const death = candidates[1] as number;
    if (segment === undefined || !fulfils(death, segment.action)) return 0;
    // The schedule has a step of the thread before its death: the access comes first.
    if (isBeforeAccess(death) && !this.#isOnItsWay) return 0;
    this.#use(segment);
    return 1;
  }

  /** What must come before the action can be taken; -1 if it cannot be. */
  #stepTowards(state: ExecutionState, candidates: Int32Array, count: number, action: number): number {
    if (kindOf(action) === kill) {
      // A thread dies only where its death makes a difference: it goes on until there.
      for (let i = 0; i < count; i++) {
        if (candidates[i] !== actionOf(run, threadOf(action))) continue;
        this.#isOnItsWay = true;
        return i;
      }
      return -1;
    }
    return kindOf(action) === run && this.#mustWait(state, candidates, count)
      ? this.#otherwise(candidates, count)
      : -1;
  }

  /** Only timeouts are left to take: they come before the run that the schedule wants, whoever it is of. */
  #mustWait(state: ExecutionState, candidates: Int32Array, count: number): boolean {
    for (let i = 0; i < count; i++) if (kindOf(candidates[i] as number) === run) return false;
    const thread = state.threads[threadOf((this.#segments[this.#at] as Segment).action)];
    return thread !== undefined && thread.deadline !== Number.POSITIVE_INFINITY;
  }

  #otherwise(candidates: Int32Array, count: number): number {
    for (let i = 0; i < count; i++) if (kindOf(candidates[i] as number) === run) return i;
    for (let i = 0; i < count; i++) if (kindOf(candidates[i] as number) !== kill) return i;
    return 0;
  }

  #use(segment: Segment): void {
    if (++this.#used < segment.count) return;
    this.#at++;
    this.#used = 0;
  }
}

/** Whether the candidate is the action, or a death of the same thread at a later position. */
function fulfils(candidate: number, action: number): boolean {
  if (candidate === action) return true;
  return (
    kindOf(action) === kill &&
    kindOf(candidate) === kill &&
    threadOf(candidate) === threadOf(action) &&
    positionOf(candidate) >= positionOf(action)
  );
}
