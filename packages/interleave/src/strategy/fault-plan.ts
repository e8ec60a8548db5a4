import { kill, kindOf, timeout, wake } from '../schedule.ts';
import type { RandomSource } from './random-source.ts';

const kinds = [kill, wake, timeout] as const;

/**
 * Spreads faults evenly over an execution: each fault of the budget is given one of the chances for its kind
 * at random, out of as many as the executions before it had.
 */
export class FaultPlan {
  readonly #budgets: readonly number[];
  readonly #chances = [8, 8, 8];
  readonly #seen = [0, 0, 0];
  readonly #targets: number[][] = [[], [], []];

  constructor(kills: number, wakes: number, timeouts: number) {
    this.#budgets = [kills, wakes, timeouts];
  }

  begin(random: RandomSource): void {
    for (const [n, budget] of this.#budgets.entries()) {
      this.#chances[n] = Math.max(this.#chances[n] as number, this.#seen[n] as number);
      this.#seen[n] = 0;
      const targets = this.#targets[n] as number[];
      targets.length = 0;
      for (let i = 0; i < budget; i++) targets.push(random.below(this.#chances[n] as number));
    }
  }

  /** The index of the fault that is to happen at this choice, or -1. */
  choose(candidates: Int32Array, count: number, random: RandomSource): number {
    for (const [n, kind] of kinds.entries()) {
      if (this.#budgets[n] === 0) continue;
      let matching = 0;
      for (let i = 0; i < count; i++) if (kindOf(candidates[i] as number) === kind) matching++;
      if (matching === 0) continue;
      const chance = this.#seen[n] as number;
      this.#seen[n] = chance + 1;
      if (!(this.#targets[n] as number[]).includes(chance)) continue;
      let pick = random.below(matching);
      for (let i = 0; i < count; i++) {
        if (kindOf(candidates[i] as number) === kind && pick-- === 0) return i;
      }
    }
    return -1;
  }
}
