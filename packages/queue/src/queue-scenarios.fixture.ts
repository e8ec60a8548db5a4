import { checkLinearizable, fifoModel, type Outcome, type Scenario, scenario } from '@pkg/interleave';
import { KIND } from '@pkg/sync';
import { ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import type { Geometry } from './layout.ts';
import { Queue } from './queue.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';

/** One call in a scenario, by the verb and its argument. */
export type Call = readonly [
  'put' | 'putNowait' | 'get' | 'getNowait' | 'taskDone' | 'join' | 'shutdown',
  number?,
];

/** What the bodies share. */
export interface QueueContext {
  readonly memory: SharedArrayBuffer;
  readonly threads: SharedArrayBuffer;
  readonly ids: readonly number[];
  readonly codec: string;
}

/** So small that a segment holds a few integers: the ends meet, segments are sealed, taken back and used anew. */
export const SMALL: Geometry = { pageWords: 16, maxPages: 12, rows: 8 };

/** The queue as thread `index` of the model sees it. */
export function queueOf(context: QueueContext, index: number): Queue<number> {
  const identity = new ThreadIdentity(new ThreadTable(context.threads), context.ids[index]!, {
    // A sleep lasts until it is ended: a lost wake-up is a deadlock, and nothing covers it up.
    slice: Infinity,
    mayBlock: true,
  });
  const handle = { ...context, [KIND]: '@pkg/queue.Queue' } as unknown as QueueHandle<number>;
  return new Queue<number>(QueueOrigin.attach(handle, '@pkg/queue.Queue', {}, { identity, spins: 0 }));
}

/** Lets a thread of the model make a call and record it. */
function perform(queue: Queue<number>, [verb, argument]: Call): unknown {
  switch (verb) {
    case 'put':
      return queue.put(argument!);
    case 'putNowait':
      return queue.putNowait(argument!);
    case 'taskDone':
      return queue.taskDone();
    case 'shutdown':
      return queue.shutdown({ immediate: argument === 1 });
    default:
      return queue[verb]();
  }
}

/** Options of {@link queueScenario}. */
export interface QueueScenarioOptions {
  readonly maxsize?: number;
  readonly redeliver?: boolean;
  readonly maxDeliveries?: number;
}

/**
 * Threads that make calls on one queue. Each execution must be linearizable as a FIFO queue; after deaths,
 * which the supervising thread records and recovers from, what was put must be what was got, is queued or is
 * lost to the dead by the contract.
 */
export function queueScenario(
  name: string,
  threads: readonly (readonly Call[])[],
  { maxsize = 0, redeliver = false, maxDeliveries = 3 }: QueueScenarioOptions = {},
): Scenario<QueueContext, void> {
  return scenario<QueueContext, void>({
    name,
    setup() {
      const table = ThreadTable.create();
      const ids = Array.from({ length: 8 }, (_, index) => table.claim(index + 1));
      const identity = new ThreadIdentity(table, ids[0]!, { slice: Infinity, mayBlock: true });
      const origin = QueueOrigin.create<number>(maxsize, { codec: 'int32', redeliver, maxDeliveries }, true, {
        geometry: SMALL,
        identity,
        spins: 0,
      });
      new Queue<number>(origin);
      return { memory: origin.pages.memory, threads: table.memory, ids, codec: 'int32' };
    },
    threads: threads.map((calls, index) => (context, thread) => {
      const queue = queueOf(context, index);
      let held = 0;
      for (const call of calls) {
        // With redelivery only an item that was taken can be done.
        if (call[0] === 'taskDone' && redeliver && held-- === 0) return;
        try {
          thread.call(call[0], call[0] === 'shutdown' ? [{ immediate: call[1] === 1 }] : call.slice(1), () =>
            perform(queue, call),
          );
          if (call[0].startsWith('get')) held++;
        } catch (error) {
          if (!isOutcome(error)) throw error;
        }
      }
    }),
    recover(context, { dead }, thread) {
      const table = new ThreadTable(context.threads);
      for (const index of dead) table.markDead(context.ids[index]!);
      queueOf(context, thread.index).recover();
    },
    check: (outcome) => checkOutcome(outcome, threads, maxsize, redeliver),
  });
}

/** Errors that are answers, which the model knows; everything else ends the execution as a failure. */
const isOutcome = (error: unknown): boolean =>
  ['QueueEmpty', 'QueueFull', 'QueueShutDown', 'RangeError'].includes((error as Error).name);

function checkOutcome(
  { context, killed, history }: Outcome<QueueContext, void>,
  threads: readonly (readonly Call[])[],
  maxsize: number,
  redeliver: boolean,
): void {
  const observer = queueOf(context, 7);
  if (killed.length === 0) {
    const verdict = checkLinearizable(history, fifoModel({ maxsize }));
    if (!verdict.linearizable) throw new Error(verdict.message);
    return;
  }
  const shutDown = threads.flat().some(([verb]) => verb === 'shutdown');
  const done = (name: string) =>
    history.filter((o) => o.name.startsWith(name) && o.error === undefined && o.end !== Infinity);
  const put = done('put').map((o) => o.args[0] as number);
  const got = done('get').map((o) => ({ item: o.result as number, thread: o.thread }));
  const uncertainPuts = threads
    .flat()
    .filter(([verb]) => verb.startsWith('put'))
    .map((call) => call[1]!);
  const left: number[] = [];
  for (const queued = observer.qsize(); left.length < queued; ) left.push(observer.getNowait());
  const living = got.filter(({ thread }) => !killed.includes(thread)).map(({ item }) => item);

  const seen = [...living, ...left];
  if (new Set(seen).size !== seen.length) throw new Error(`twice: got ${living}, left ${left}`);
  for (const item of seen) if (!uncertainPuts.includes(item)) throw new Error(`${item} was never put`);
  // What a dead thread had taken may be gone without redelivery; nothing else may be.
  if (!shutDown) {
    const mayBeGone =
      killed.some((index) => threads[index]?.some(([verb]) => verb.startsWith('get'))) && !redeliver;
    const missing = put.filter((item) => !seen.includes(item));
    const settledByDead = threads.flat().some(([verb]) => verb === 'taskDone');
    if (missing.length > 0 && !mayBeGone && !settledByDead) throw new Error(`lost: ${missing} of ${put}`);
    const takers = killed
      .flatMap((index) => threads[index] ?? [])
      .filter(([verb]) => verb.startsWith('get')).length;
    if (missing.length > takers) throw new Error(`lost more than the dead can have taken: ${missing}`);
  }
  // An item that its taker said to be done never comes back.
  if (redeliver) {
    for (const thread of threads.keys()) {
      const count = done('taskDone').filter((o) => o.thread === thread).length;
      for (const { item } of got.filter((o) => o.thread === thread).slice(0, count)) {
        if (left.includes(item)) throw new Error(`${item} is done and queued again`);
      }
    }
  }
  // The dead hold nothing. (Without redelivery a task may be done by another than its taker: no telling whose.)
  if (!shutDown && (redeliver || !threads.flat().some(([verb]) => verb === 'taskDone'))) {
    const settled = done('taskDone').filter(({ thread }) => !killed.includes(thread)).length;
    const open = living.length - settled + left.length;
    if (observer.unfinishedTasks !== open) {
      throw new Error(
        `${observer.unfinishedTasks} unfinished, where the living hold and the queue has ${open}`,
      );
    }
  }
  // The living hold what they took and the observer what was left; once all that is done, join must not hang.
  const unfinished = observer.unfinishedTasks;
  if (unfinished > 0) observer.taskDone(unfinished);
  observer.join({ timeout: 0 });
}

/** Every sequence of one or two of the verbs that move items; each put has an item of its own. */
export function callSequences(firstItem: number): Call[][] {
  const verbs = ['put', 'get', 'putNowait', 'getNowait'] as const;
  const call = (verb: (typeof verbs)[number], item: number): Call =>
    verb.startsWith('put') ? [verb, item] : [verb];
  return verbs.flatMap((first) => [
    [call(first, firstItem)],
    ...verbs.map((second) => [call(first, firstItem), call(second, firstItem + 1)]),
  ]);
}

/** Whether some order of the calls leaves a thread waiting for ever, as it should: not for a deadlock check. */
export function mayRightlyHang(threads: readonly (readonly Call[])[], maxsize: number): boolean {
  const visit = (positions: readonly number[], size: number): boolean => {
    let stuck = true;
    let open = false;
    for (const [thread, position] of positions.entries()) {
      const verb = threads[thread]![position]?.[0];
      if (verb === undefined) continue;
      open = true;
      const isFull = maxsize > 0 && size >= maxsize;
      if ((verb === 'put' && isFull) || (verb === 'get' && size === 0)) continue;
      stuck = false;
      const moved = verb.startsWith('put') ? Number(!isFull) : -Number(size > 0);
      const next = positions.map((at, index) => (index === thread ? at + 1 : at));
      if (visit(next, size + moved)) return true;
    }
    return open && stuck;
  };
  return visit(
    threads.map(() => 0),
    0,
  );
}

/** Every pair of {@link callSequences} that cannot rightly hang, each pair once. */
export function twoThreadPrograms(maxsize: number): Call[][][] {
  const programs: Call[][][] = [];
  const left = callSequences(1);
  const right = callSequences(11);
  for (const [i, first] of left.entries()) {
    for (const second of right.slice(i)) {
      if (!mayRightlyHang([first, second], maxsize)) programs.push([first, second]);
    }
  }
  return programs;
}

/** How a program reads in a report. */
export const nameOf = (threads: readonly (readonly Call[])[], maxsize: number): string =>
  `${threads.map((calls) => calls.map((call) => `${call[0]}(${call[1] ?? ''})`).join(' ')).join(' | ')}, maxsize ${maxsize}`;
