/** The ways for a task or its thread to come to an end that nobody wished for. */
export const kinds = {
  throw: 'the task throws',
  rejection: "the task's promise rejects",
  uncaught: 'a timer of the task throws, and nobody catches',
  exit: 'the task calls `process.exit(3)`',
  'out of memory': 'the thread runs out of memory (`resourceLimits`)',
  terminate: 'the thread is ended by `terminate()` from outside',
  module: 'the module of the tasks fails to load',
  initializer: 'the initializer throws',
} as const;

/** When it happens. */
export const situations = {
  idle: 'in a worker that runs no task',
  running: 'in the only task there is',
  queued: 'in a task with five others queued behind it',
  streaming: 'in a task that has streamed three items',
  shutdown: 'in a task during a graceful shutdown, five others queued behind it',
} as const;

export type Kind = keyof typeof kinds;
export type Situation = keyof typeof situations;

/** Whether the death keeps workers from starting, instead of ending a task. */
export const isAtStart = (kind: Kind): boolean => kind === 'module' || kind === 'initializer';

/** How a promise stands. */
export type Standing = 'pending' | 'fulfilled' | `rejected: ${string}`;

/** What was seen in one cell, in a process of its own. */
export interface Observation {
  /** The task that was to die; absent when none was. */
  readonly doomed?: Standing;
  /** The tasks that had nothing to do with it: queued behind, or submitted when all was over. */
  readonly others: readonly Standing[];
  /** Tasks submitted when it was over, to see whether the pool goes on. */
  readonly later: readonly Standing[];
  readonly shutdown?: Standing;
  /** How many of three items arrived. */
  readonly items?: number;
  /** Worker threads that were started in all. */
  readonly started: number;
  /** Whether what was to die did begin. */
  readonly begun: boolean;
  /** What the main thread would have died of, had nobody listened to its last-resort events. */
  readonly uncaught: readonly string[];
}

/** What the process of a cell came to: its observation, or how it ended without one. */
export type Outcome =
  | { readonly type: 'observed'; readonly observation: Observation }
  | { readonly type: 'not offered' }
  | { readonly type: 'died'; readonly how: string }
  | { readonly type: 'wedged' };
