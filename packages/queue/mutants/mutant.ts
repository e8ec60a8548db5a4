/** A change of one place in the kernel's sources. */
export interface Patch {
  /** The source, from `packages/`. */
  readonly file: string;
  /** Text that stands in it exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A bug, put in on purpose. */
export interface Mutant extends Patch {
  readonly id: string;
  /** What is broken, and what should come of it. */
  readonly why: string;
  /** The program, of `programs.ts`, that shows it. */
  readonly program: string;
}

/** What the search found out about a mutant. */
export interface Finding {
  readonly program: string;
  /** Kind of the failure. */
  readonly kind: string;
  /** The schedule that replays it. */
  readonly schedule: string;
  /** How long the explorer took to find it, without making it smaller. */
  readonly milliseconds: number;
  /** Complete executions until then. */
  readonly schedules: number;
  /** What a stress test on real threads made of it in the same time; absent for programs that it cannot run. */
  readonly stress?: StressResult;
}

/** What came out of a stress test. */
export interface StressResult {
  /** How the bug showed; absent if it did not. */
  readonly caught?: string;
  /** How often the program was run. */
  readonly rounds: number;
  readonly milliseconds: number;
}
