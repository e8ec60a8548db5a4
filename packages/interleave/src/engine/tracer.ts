import type { RaceWitness } from './races.ts';
import type { View } from './view.ts';

/** Sees every access as it takes effect. Used only to tell of one execution, for it is slow. */
export interface Tracer {
  /** An access; `view` is null for one that touches no memory. `args` is what it was given. */
  access(
    thread: number,
    operation: number,
    view: View | null,
    index: number,
    args: readonly unknown[],
    result: unknown,
  ): void;
  /** A death, a wake or a timeout. */
  fault(action: number): void;
  /** The access just traced races with an earlier one of another thread. */
  race(thread: number, address: number, size: number, witness: RaceWitness): void;
}
