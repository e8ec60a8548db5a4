import { checkOptions, checkWhole } from '../check-options.ts';
import type { Operation } from '../scenario.ts';
import { withType } from '../with-type.ts';
import { contentText } from './content-text.ts';
import { errorNameOf } from './error-name.ts';
import { stepsOfBatch } from './put-batch.ts';
import type { SequentialModel } from './sequential-model.ts';

/** Which kind of queue a model stands for. */
export interface QueueModelOptions {
  /** Most items it holds. A whole number from 0; 0 (default) and `Infinity` for no bound. */
  readonly maxsize?: number;
  /** Priority queues only: the priority of an item, lowest first. Default: the item itself, or its first element. */
  readonly priority?: (item: unknown) => number;
}

/** State of the model of a queue: the items as they will be got, and the unfinished count. */
export interface QueueState {
  readonly items: readonly unknown[];
  readonly unfinished: number;
  readonly isShutDown: boolean;
}

type Insert = (items: readonly unknown[], item: unknown) => readonly unknown[];

/**
 * First in, first out: a queue with Python's verbs. Operations by name, with arguments as the method takes them: `put`,
 * `putNowait`, `putMany`, `get`, `getNowait`, `getMany`, `taskDone`, `join`, `shutdown` (argument `{ immediate }`),
 * `qsize`, `empty`, `full`. An outcome that is an error is known by the error's `name`: `QueueEmpty`, `QueueFull`,
 * `QueueShutDown`, `QueueTimeout`, `RangeError` (of `taskDone`).
 *
 * - Items are compared by content, as a queue gives copies: numbers, texts, arrays, plain objects, dates, maps, bytes,
 *   errors and so on as their structured clones are.
 * - A `putMany` into a queue without bound is one step. With a bound its items go in one by one, in order, and those of
 *   other threads may come between any two of them, as they may between the rounds in which the queue takes them. So
 *   every history of such rounds is accepted, in whatever portions they were; that a round was as large as it could have
 *   been is not checked.
 * - A `putMany` that threw has put the first `error.accepted` of its items (0 if the error does not tell), and met the
 *   full queue, or the shutdown, after them; one without items meets the shutdown alone. One whose thread died in it has
 *   put any number of its first items; without a bound, all or none.
 * - The model has no end of memory: a queue that ran out of `maxBytes` is none that it knows.
 *
 * @throws {RangeError | TypeError} for an option that is out of range, or that there is not; `TypeError` from
 * `checkLinearizable` for an operation of another name, or the batch of a `putMany` that can be read only once.
 */
export function fifoModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  return queueModel('a FIFO queue', options, (items, item) => [...items, item]);
}

/** Last in, first out; see {@link fifoModel} for the operations. */
export function lifoModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  return queueModel('a LIFO queue', options, (items, item) => [item, ...items]);
}

/** Lowest priority number first, ties in the order of insertion; see {@link fifoModel} for the operations. */
export function priorityModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  const priority = options?.priority ?? ((item) => Number(Array.isArray(item) ? item[0] : item));
  return queueModel('a priority queue', options, (items, item) => {
    const at = items.findIndex((other) => priority(other) > priority(item));
    return at < 0 ? [...items, item] : [...items.slice(0, at), item, ...items.slice(at)];
  });
}

/** The three models, but for where an item goes in. */
function queueModel(name: string, options: QueueModelOptions, insert: Insert): SequentialModel<QueueState> {
  checkOptions(options, ['maxsize', 'priority'], '{ maxsize: 1 }');
  const { priority } = options;
  if (priority !== undefined && typeof priority !== 'function') {
    throw new TypeError(`priority is a function, not ${withType(priority)}`);
  }
  const bound = checkWhole('maxsize', options.maxsize ?? 0, 0, Number.POSITIVE_INFINITY);
  const maxsize = bound === Number.POSITIVE_INFINITY ? 0 : bound;
  const isFull = ({ items }: QueueState) => maxsize > 0 && items.length >= maxsize;
  const when = (condition: boolean, state: QueueState): readonly QueueState[] => (condition ? [state] : []);

  const putAll = (state: QueueState, added: readonly unknown[]): readonly QueueState[] => {
    if (state.isShutDown || (maxsize > 0 && state.items.length + added.length > maxsize)) return [];
    const items = added.reduce(insert, state.items);
    return [{ ...state, items, unfinished: state.unfinished + added.length }];
  };
  const take = (state: QueueState, count: number): QueueState => ({
    ...state,
    items: state.items.slice(count),
  });

  /** What each verb may do to the state when it returns a result, or when it never ended. */
  const returns: Record<
    string,
    (state: QueueState, operation: Operation, pending: boolean) => readonly QueueState[]
  > = {
    put: (state, { args }) => putAll(state, [args[0]]),
    putMany: (state, { args }) => putAll(state, [...(args[0] as Iterable<unknown>)]),
    get: (state, { result }, pending) =>
      when(state.items.length > 0 && (pending || isSame(state.items[0], result)), take(state, 1)),
    getMany: (state, { args, result }, pending) => {
      const most = Math.min(Number(args[0] ?? Number.POSITIVE_INFINITY), state.items.length);
      if (pending) return Array.from({ length: most }, (_, n) => take(state, n + 1));
      const got = result as readonly unknown[];
      const fits =
        got.length > 0 && got.length <= most && got.every((item, n) => isSame(item, state.items[n]));
      return when(fits, take(state, got.length));
    },
    taskDone: (state, { args }) => {
      const unfinished = state.unfinished - Number(args[0] ?? 1);
      return when(unfinished >= 0, { ...state, unfinished });
    },
    join: (state) => when(state.unfinished === 0, state),
    shutdown: (state, { args }) => {
      const immediate = (args[0] as { immediate?: boolean } | undefined)?.immediate === true;
      if (!immediate) return [{ ...state, isShutDown: true }];
      return [
        { items: [], unfinished: Math.max(0, state.unfinished - state.items.length), isShutDown: true },
      ];
    },
    qsize: (state, { result }, pending) => when(pending || result === state.items.length, state),
    empty: (state, { result }, pending) => when(pending || result === (state.items.length === 0), state),
    full: (state, { result }, pending) => when(pending || result === isFull(state), state),
  };
  /** Whether the verb may throw that error in the state; errors change nothing. */
  const throws = (
    verb: string,
    error: string | undefined,
    state: QueueState,
    { args }: Operation,
  ): boolean => {
    if (verb === 'join') return error === 'QueueTimeout';
    if (verb === 'taskDone') return error === 'RangeError' && Number(args[0] ?? 1) > state.unfinished;
    // What ended a batch is met by its last step, a put; there is none where the error tells what cannot have been.
    if (verb === 'putMany') return false;
    if (verb.startsWith('put')) {
      return error === 'QueueShutDown'
        ? state.isShutDown
        : error === 'QueueFull' && !state.isShutDown && isFull(state);
    }
    if (!verb.startsWith('get') || state.items.length > 0) return false;
    return error === (state.isShutDown ? 'QueueShutDown' : 'QueueEmpty');
  };

  const verbOf = (operation: Operation): string => operation.name.replace(/(?:Nowait|Async)$/, '');

  return {
    name,
    initial: () => ({ items: [], unfinished: 0, isShutDown: false }),
    apply(state, operation) {
      const verb = verbOf(operation);
      const effect = returns[verb];
      if (effect === undefined) throw new TypeError(`${name} has no operation '${operation.name}'`);
      if (operation.error !== undefined) {
        return when(throws(verb, errorNameOf(operation.error), state, operation), state);
      }
      return effect(state, operation, operation.end === Number.POSITIVE_INFINITY);
    },
    steps: (operation) =>
      verbOf(operation) === 'putMany' ? stepsOfBatch(operation, maxsize > 0) : [operation],
    key: ({ items, unfinished, isShutDown }) =>
      `${unfinished}${isShutDown ? '!' : ''}:${items.map(contentText).join()}`,
  };
}

/** Whether two items have the same content, for which only some need to be looked into. */
function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== typeof right || (typeof left !== 'object' && typeof left !== 'symbol')) return false;
  return contentText(left) === contentText(right);
}
