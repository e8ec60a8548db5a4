import { type Scenario, scenario } from '@pkg/interleave';
import { OwnerLock, ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import type { Geometry } from './layout.ts';
import { attachQueue, KINDS, type KindName, type QueueMemory, taskQueue } from './queue-kinds.fixture.ts';
import { QueueOrigin } from './queue-origin.ts';
import { OBSERVER, OutcomeCheck } from './queue-outcome.fixture.ts';
import type { SharedQueue } from './shared-queue.ts';

/**
 * One call in a scenario, by the verb and its arguments: an item for `put`, any number of them for `putMany`, the
 * most to take for `getMany`, 1 for a `shutdown` that discards, the new bound for `setMaxsize`. `putManyNowait` and `getManyNowait` are the batch
 * verbs with a timeout of 0.
 */
export type Call = readonly [
  (
    | 'put'
    | 'putNowait'
    | 'putMany'
    | 'putManyNowait'
    | 'get'
    | 'getNowait'
    | 'getMany'
    | 'getManyNowait'
    | 'taskDone'
    | 'join'
    | 'shutdown'
    | 'setMaxsize'
    | 'recover'
  ),
  ...number[],
];

/** What the bodies share. */
export interface QueueContext extends QueueMemory {
  readonly ids: readonly number[];
}

/** Options of {@link queueScenario}. */
export interface QueueScenarioOptions {
  readonly kind?: KindName;
  readonly maxsize?: number;
  readonly redeliver?: boolean;
  readonly maxDeliveries?: number;
  /** The sizes of its memory; by default those of its kind, which are plenty for a few items. */
  readonly geometry?: Geometry;
}

const identities = new WeakMap<QueueContext, readonly ThreadIdentity[]>();

/** The threads of a scenario. Constant, so they are made once: no thread of the model needs to make its own. */
function identitiesOf(context: QueueContext): readonly ThreadIdentity[] {
  let all = identities.get(context);
  if (all === undefined) {
    const table = new ThreadTable(context.threads);
    // A sleep lasts until it is ended: a lost wake-up is a deadlock, and nothing covers it up.
    all = context.ids.map((id) => new ThreadIdentity(table, id, { slice: Infinity, mayBlock: true }));
    identities.set(context, all);
  }
  return all;
}

/** The queue as thread `index` of the model sees it. */
export function queueOf(context: QueueContext, index: number, kind: KindName = 'Queue'): SharedQueue<number> {
  return attachQueue(KINDS[kind], context, identitiesOf(context)[index]!);
}

/**
 * Threads that make calls on one queue. Each execution must be linearizable as a queue of that kind; after deaths,
 * which the supervising thread records and recovers from, what was put must be what was got, is queued or is
 * lost to the dead by the contract.
 */
export function queueScenario(
  name: string,
  threads: readonly (readonly Call[])[],
  options: QueueScenarioOptions = {},
): Scenario<QueueContext, void> {
  const { kind = 'Queue', maxsize = 0, redeliver = false, maxDeliveries = 3 } = options;
  const { tracksTasks, create } = KINDS[kind];
  const { geometry = KINDS[kind].geometry } = options;
  const check = new OutcomeCheck({ kind: { ...KINDS[kind], geometry }, maxsize, redeliver, maxDeliveries });
  return scenario<QueueContext, void>({
    name,
    // All of its fields are constant.
    memoryless: [OwnerLock],
    setup() {
      const table = ThreadTable.create();
      const ids = Array.from({ length: OBSERVER + 1 }, (_, index) => table.claim(index + 1));
      const identity = new ThreadIdentity(table, ids[0]!, { slice: Infinity, mayBlock: true });
      const settings = { codec: 'int32', redeliver, maxDeliveries } as const;
      const origin = QueueOrigin.create<number>(maxsize, settings, tracksTasks, {
        geometry,
        identity,
        spins: 0,
      });
      create(origin);
      const context = { memory: origin.pages.memory, threads: table.memory, ids, codec: 'int32' };
      identitiesOf(context);
      return context;
    },
    threads: threads.map((calls, index) => (context, thread) => {
      const queue = queueOf(context, index, kind);
      let held = 0;
      for (const call of calls) {
        const [verb, ...values] = call;
        // With redelivery only an item that was taken can be done.
        if (verb === 'taskDone' && redeliver && held-- === 0) return;
        try {
          const result = thread.call(verb, argumentsOf(verb, values), () => perform(queue, verb, values), {
            keeps: () => queue.recollection,
          });
          if (verb.startsWith('get')) held += Array.isArray(result) ? result.length : 1;
        } catch (error) {
          if (!isOutcome(error)) throw error;
        }
      }
    }),
    recover(context, { dead }, thread) {
      const { table } = identitiesOf(context)[thread.index]!;
      thread.call('recovery', [dead], () => {
        for (const index of dead) table.markDead(context.ids[index]!);
        queueOf(context, thread.index, kind).recover();
      });
    },
    check: (outcome) => check.judge(outcome, queueOf(outcome.context, OBSERVER, kind)),
  });
}

/** A call's arguments as the history notes them: as the method takes them. */
function argumentsOf(verb: Call[0], values: readonly number[]): readonly unknown[] {
  if (verb.startsWith('putMany')) return [values];
  if (verb === 'shutdown') return [{ immediate: values[0] === 1 }];
  return values;
}

/** Lets a thread of the model make a call. */
function perform(queue: SharedQueue<number>, verb: Call[0], values: readonly number[]): unknown {
  const [first = 0] = values;
  switch (verb) {
    case 'put':
      return queue.put(first);
    case 'putNowait':
      return queue.putNowait(first);
    case 'putMany':
      return queue.putMany(values);
    case 'putManyNowait':
      return queue.putMany(values, { timeout: 0 });
    case 'getMany':
      return queue.getMany(first);
    case 'getManyNowait':
      return queue.getMany(first, { timeout: 0 });
    case 'taskDone':
      return taskQueue(queue).taskDone();
    case 'join':
      return taskQueue(queue).join();
    case 'shutdown':
      return taskQueue(queue).shutdown({ immediate: first === 1 });
    case 'setMaxsize':
      taskQueue(queue).maxsize = first;
      return undefined;
    default:
      return queue[verb]();
  }
}

/** Errors that are answers, which the model knows; everything else ends the execution as a failure. */
const isOutcome = (error: unknown): boolean =>
  ['QueueEmpty', 'QueueFull', 'QueueShutDown', 'RangeError'].includes((error as Error).name);
