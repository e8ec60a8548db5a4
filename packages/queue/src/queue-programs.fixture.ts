import type { Call, QueueScenarioOptions } from './queue-scenarios.fixture.ts';

/** What each thread of a program calls. */
export type Program = readonly (readonly Call[])[];

/** Makes a call of a verb for a thread whose items begin with `item`. */
type Verb = (item: number) => Call;

/** The verbs that move items one by one. */
export const SINGLE_VERBS: readonly Verb[] = [
  (item) => ['put', item],
  () => ['get'],
  (item) => ['putNowait', item],
  () => ['getNowait'],
];

/** The verbs that move them in batches. */
export const BATCH_VERBS: readonly Verb[] = [
  (item) => ['putMany', item, item + 1],
  () => ['getMany', 2],
  (item) => ['putManyNowait', item, item + 1],
  () => ['getManyNowait', 2],
];

/** The verbs that move nothing. */
export const TASK_VERBS: readonly Verb[] = [() => ['taskDone'], () => ['recover']];

/** The verbs that wait for tasks, and that end everything. */
export const END_VERBS: readonly Verb[] = [() => ['join'], () => ['shutdown'], () => ['shutdown', 1]];

/** Every sequence of one or two calls; each put has items of its own, from `firstItem` on. */
export function callSequences(verbs: readonly Verb[], firstItem: number): Call[][] {
  return verbs.flatMap((first) => [
    [first(firstItem)],
    ...verbs.map((second) => [first(firstItem), second(firstItem + 2)]),
  ]);
}

/** Every pair of {@link callSequences} that cannot rightly hang, each pair once. */
export function twoThreadPrograms(
  verbs: readonly Verb[],
  options: QueueScenarioOptions,
  kills: number = 0,
): Program[] {
  const left = callSequences(verbs, 1);
  const right = callSequences(verbs, 11);
  return left
    .flatMap((first, i) => right.slice(i).map((second) => [first, second]))
    .filter((program) => !mayRightlyHang(program, options, kills));
}

/** How a program reads in a report. */
export const nameOf = (
  program: Program,
  { kind = 'Queue', maxsize = 0, redeliver = false }: QueueScenarioOptions,
): string => {
  const calls = program.map((thread) => thread.map(([verb, ...rest]) => `${verb}(${rest})`).join(' '));
  return `${kind}, maxsize ${maxsize}${redeliver ? ', redeliver' : ''}: ${calls.join(' | ')}`;
};

/** How far a program has come, as far as waiting is concerned: how many items there are, and where. */
interface Situation {
  /** By thread: calls that have ended. */
  readonly at: readonly number[];
  /** By thread: items of its present `putMany` that are in. */
  readonly batch: readonly number[];
  /** By thread: items that it took and are not done; negative for those it said to be done in advance. */
  readonly held: readonly number[];
  readonly size: number;
  readonly maxsize: number;
  readonly isShutDown: boolean;
  readonly isDiscarded: boolean;
  readonly kills: number;
}

/**
 * Whether some order of the calls, with up to `kills` deaths, leaves a thread waiting for ever, as it should: not
 * for a deadlock check.
 */
export function mayRightlyHang(program: Program, options: QueueScenarioOptions, kills: number = 0): boolean {
  const none = program.map(() => 0);
  const start: Situation = {
    at: none,
    batch: none,
    held: none,
    size: 0,
    maxsize: options.maxsize ?? 0,
    isShutDown: false,
    isDiscarded: false,
    kills,
  };
  const seen = new Set<string>();
  const open = [start];
  for (let now = open.pop(); now !== undefined; now = open.pop()) {
    const key = JSON.stringify(now);
    if (seen.has(key)) continue;
    seen.add(key);
    let waiting = 0;
    let going = 0;
    for (const [thread, calls] of program.entries()) {
      const call = calls[now.at[thread]!];
      if (call === undefined) continue;
      const next = stepsOf(now, thread, call, options);
      if (next.length === 0) waiting++;
      else going++;
      open.push(...next);
      if (now.kills > 0) open.push(die(now, thread, calls.length, options));
    }
    if (waiting > 0 && going === 0) return true;
  }
  return false;
}

const set = (list: readonly number[], at: number, value: number): readonly number[] =>
  list.map((old, index) => (index === at ? value : old));

/** The situations that there may be after the next step of a thread; none when it has to wait. */
function stepsOf(
  now: Situation,
  thread: number,
  [verb, ...values]: Call,
  { redeliver = false }: QueueScenarioOptions,
): Situation[] {
  const ended = { ...now, at: set(now.at, thread, now.at[thread]! + 1), batch: set(now.batch, thread, 0) };
  const held = now.held[thread]!;
  const unfinished = now.size + now.held.reduce((sum, count) => sum + count, 0);
  const waitsNot = verb.endsWith('Nowait');
  switch (verb) {
    case 'put':
    case 'putNowait':
    case 'putMany':
    case 'putManyNowait': {
      if (now.isShutDown) return [ended];
      if (now.maxsize > 0 && now.size >= now.maxsize) return waitsNot ? [ended] : [];
      const count = now.batch[thread]! + 1;
      if (count === values.length) return [{ ...ended, size: now.size + 1 }];
      return [{ ...now, batch: set(now.batch, thread, count), size: now.size + 1 }];
    }
    case 'get':
    case 'getNowait':
    case 'getMany':
    case 'getManyNowait': {
      if (now.size === 0) return now.isShutDown || waitsNot ? [ended] : [];
      const most = verb.startsWith('getMany') ? Math.min(now.size, values[0]!) : 1;
      return Array.from({ length: most }, (_, n) => ({
        ...ended,
        size: now.size - n - 1,
        held: set(now.held, thread, held + n + 1),
      }));
    }
    case 'taskDone': {
      // The thread ends there; see `queueScenario`.
      if (redeliver && held === 0) return [{ ...ended, at: set(now.at, thread, Number.MAX_SAFE_INTEGER) }];
      if (!redeliver && unfinished <= 0) return [ended];
      const other = now.held.findIndex((count) => count > 0);
      const owner = held > 0 || other < 0 ? thread : other;
      return [{ ...ended, held: set(now.held, owner, now.held[owner]! - 1) }];
    }
    case 'join':
      return unfinished <= 0 ? [ended] : [];
    case 'shutdown':
      if (values[0] !== 1) return [{ ...ended, isShutDown: true }];
      return [{ ...ended, isShutDown: true, isDiscarded: true, size: 0 }];
    case 'setMaxsize':
      return [{ ...ended, maxsize: values[0]! }];
    case 'recover':
      return [ended];
  }
}

/** The situation after a thread died between two steps; a death within one is as if it came before or after it. */
function die(
  now: Situation,
  thread: number,
  length: number,
  { redeliver = false }: QueueScenarioOptions,
): Situation {
  const back = redeliver && !now.isDiscarded ? now.held[thread]! : 0;
  return {
    ...now,
    at: set(now.at, thread, length),
    batch: set(now.batch, thread, 0),
    held: set(now.held, thread, Math.min(0, now.held[thread]!)),
    size: now.size + back,
    kills: now.kills - 1,
  };
}
