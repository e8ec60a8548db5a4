import {
  BATCH_VERBS,
  END_VERBS,
  mayRightlyHang,
  type Program,
  SINGLE_VERBS,
  TASK_VERBS,
} from '../src/queue-programs.fixture.ts';
import type { Call, QueueScenarioOptions } from '../src/queue-scenarios.fixture.ts';

/** Verbs that wait are drawn twice as often: what goes wrong mostly takes two threads that wait, and a third one. */
const VERBS = [...SINGLE_VERBS, ...BATCH_VERBS, ...SINGLE_VERBS.slice(0, 2), ...BATCH_VERBS.slice(0, 2)];
const BOUND_VERBS: typeof TASK_VERBS = [0, 1, 2].map((bound) => () => ['setMaxsize', bound]);
const TASK_QUEUE_VERBS = [...VERBS, ...TASK_VERBS, ...TASK_VERBS, ...BOUND_VERBS];
/** What a thread may end with: what comes after a shutdown is mostly refused. */
const LAST_VERBS = [...TASK_QUEUE_VERBS, ...END_VERBS, ...END_VERBS];
/** How many calls a thread may make, and how many threads there may be. */
const MOST_CALLS = 4;
const THREADS = [3, 3, 4];

/** A generator of the numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Programs of three or four threads with up to four calls each, drawn at random among those that cannot rightly hang. */
export function randomPrograms(
  random: () => number,
  count: number,
  options: QueueScenarioOptions,
  kills: number,
): Program[] {
  const isSimple = options.kind === 'SimpleQueue';
  const below = (limit: number) => Math.floor(random() * limit);
  const thread = (firstItem: number) => {
    const length = 1 + below(MOST_CALLS);
    return Array.from({ length }, (_, call): Call => {
      const verbs = isSimple ? VERBS : call === length - 1 ? LAST_VERBS : TASK_QUEUE_VERBS;
      return verbs[below(verbs.length)]!(firstItem + 2 * call);
    });
  };
  const programs: Program[] = [];
  while (programs.length < count) {
    const program = Array.from({ length: THREADS[below(THREADS.length)]! }, (_, index) =>
      thread(1 + 10 * index),
    );
    if (!mayRightlyHang(program, options, kills)) programs.push(program);
  }
  return programs;
}
