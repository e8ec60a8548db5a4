import type { ExecutionState } from '../engine/execution-state.ts';
import { kindOf, threadOf } from '../schedule.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { RandomSource } from './random-source.ts';
import type { Strategy } from './strategy.ts';

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: A randomized state with
 * probabilistic guarantees of finding bugs, ASPLOS 2010). Threads get random priorities; the highest that can
 * run, runs; at `depth` - 1 random steps the running thread drops below all others. A bug of depth d is met
 * by each execution with a probability of at least 1/(n·k^(d-1)), for n threads and k steps.
 */
export class Pct implements Strategy {
  readonly everyStep = false;
  readonly #random: RandomSource;
  readonly #faults: FaultPlan;
  readonly #depth: number;
  readonly #priorities: number[] = [];
  readonly #changes: number[] = [];
  #nextChange = 0;
  #longest = 16;

  constructor(random: RandomSource, faults: FaultPlan, depth: number) {
    this.#random = random;
    this.#faults = faults;
    this.#depth = depth;
  }

  begin(state: ExecutionState): void {
    this.#longest = Math.max(this.#longest, state.steps);
    this.#faults.begin(this.#random);
    const { threads } = state;
    const ranks = threads.map((_, index) => index);
    for (let i = ranks.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [ranks[i], ranks[j]] = [ranks[j] as number, ranks[i] as number];
    }
    for (const [index, rank] of ranks.entries()) this.#priorities[index] = this.#depth + rank;
    this.#changes.length = 0;
    for (let i = 1; i < this.#depth; i++) this.#changes.push(this.#random.below(this.#longest));
    this.#changes.sort((a, b) => a - b);
    this.#nextChange = 0;
  }

  choose(state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number {
    const fault = this.#faults.choose(candidates, count, this.#random);
    if (fault >= 0) return fault;
    if (soft) return 0;
    while ((this.#changes[this.#nextChange] ?? Number.POSITIVE_INFINITY) <= state.steps) {
      const thread = threadOf(candidates[this.#highest(candidates, count)] as number);
      this.#priorities[thread] = this.#depth - 1 - this.#nextChange;
      this.#nextChange++;
    }
    return this.#highest(candidates, count);
  }

  #highest(candidates: Int32Array, count: number): number {
    // Runs come first. Where there are none, the candidates are timeouts of which one must fire: also by priority.
    const kind = kindOf(candidates[0] as number);
    let best = 0;
    for (let i = 1; i < count && kindOf(candidates[i] as number) === kind; i++) {
      const thread = threadOf(candidates[i] as number);
      if (
        (this.#priorities[thread] as number) >
        (this.#priorities[threadOf(candidates[best] as number)] as number)
      ) {
        best = i;
      }
    }
    return best;
  }
}
