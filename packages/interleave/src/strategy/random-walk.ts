import type { ExecutionState } from '../engine/execution-state.ts';
import { kindOf, run } from '../schedule.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { RandomSource } from './random-source.ts';
import type { Strategy } from './strategy.ts';

/** Picks any thread at every step, each as likely as the others. */
export class RandomWalk implements Strategy {
  readonly everyStep = false;
  readonly #random: RandomSource;
  readonly #faults: FaultPlan;

  constructor(random: RandomSource, faults: FaultPlan) {
    this.#random = random;
    this.#faults = faults;
  }

  begin(): void {
    this.#faults.begin(this.#random);
  }

  choose(_state: ExecutionState, candidates: Int32Array, count: number, soft: boolean): number {
    const fault = this.#faults.choose(candidates, count, this.#random);
    if (fault >= 0) return fault;
    if (soft) return 0;
    let runs = 0;
    while (runs < count && kindOf(candidates[runs] as number) === run) runs++;
    // With no thread to run, the candidates are the timeouts of which one must fire.
    return this.#random.below(runs === 0 ? count : runs);
  }
}
