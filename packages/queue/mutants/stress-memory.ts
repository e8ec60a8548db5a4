import type { Call, QueueContext, QueueScenarioOptions } from '../src/queue-scenarios.fixture.ts';

/** What a thread of the stress test is started with. */
export interface Job {
  readonly index: number;
  readonly threads: number;
  readonly calls: readonly (readonly Call[])[];
  readonly options: QueueScenarioOptions;
}

/** Rounds to be run one after the other, each on a queue of its own. */
export interface Batch {
  /** Word 0: arrivals at the start of rounds. Then {@link TICKS} and {@link STOP}. */
  readonly control: Int32Array;
  /** The round that each thread is in. */
  readonly progress: Int32Array;
  /** Per round, thread and call: {@link Record}. */
  readonly records: Int32Array;
  readonly contexts: readonly QueueContext[];
}

/** Word of the clock that puts the calls in order. */
export const TICKS = 1;
/** Word that calls the batch off. */
export const STOP = 2;

export const MOST_CALLS = 48;
export const WORDS_PER_CALL = 4;

/** What is noted of a call. */
export const Record = { start: 0, end: 1, value: 2, error: 3 } as const;
export type Record = (typeof Record)[keyof typeof Record];

/** Errors that are answers, by number less one. */
export const ERRORS = ['QueueEmpty', 'QueueFull', 'QueueShutDown', 'RangeError'];
