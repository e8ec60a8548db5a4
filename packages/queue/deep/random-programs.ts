import {
  BATCH_VERBS,
  END_VERBS,
  mayRightlyHang,
  type Program,
  SINGLE_VERBS,
  TASK_VERBS,
} from '../src/queue-programs.fixture.ts';
import type { Call, QueueScenarioOptions } from '../src/queue-scenarios.fixture.ts';

const VERBS = [...SINGLE_VERBS, ...BATCH_VERBS];
const TASK_QUEUE_VERBS = [...VERBS, ...TASK_VERBS];
/** What a thread may end with: what comes after a shutdown is mostly refused. */
const LAST_VERBS = [...TASK_QUEUE_VERBS, ...END_VERBS.slice(1)];

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

/** Programs of three threads with three calls each, drawn at random among those that cannot rightly hang. */
export function randomPrograms(
  random: () => number,
  count: number,
  options: QueueScenarioOptions,
  kills: number,
): Program[] {
  const isSimple = options.kind === 'SimpleQueue';
  const draw = (verbs: readonly ((item: number) => Call)[], item: number) =>
    verbs[Math.floor(random() * verbs.length)]!(item);
  const verbs = isSimple ? VERBS : TASK_QUEUE_VERBS;
  const thread = (item: number) => [
    draw(verbs, item),
    draw(verbs, item + 2),
    draw(isSimple ? VERBS : LAST_VERBS, item + 4),
  ];
  const programs: Program[] = [];
  while (programs.length < count) {
    const program = [thread(1), thread(11), thread(21)];
    if (!mayRightlyHang(program, options, kills)) programs.push(program);
  }
  return programs;
}
