import type { Operation } from '../scenario.ts';
import type { SequentialModel } from './sequential-model.ts';

/** Which kind of queue a model stands for. */
export interface QueueModelOptions {
  /** Most items it holds; 0 (default) for no bound. */
  readonly maxsize?: number;
  /** Priority queues only: the priority of an item, lowest first. Default: the item itself, or its first element. */
  readonly priority?: (item: unknown) => number;
}

/** State of a {@link queueModel}: the items as they will be got, and the unfinished count. */
export interface QueueState {
  readonly items: readonly unknown[];
  readonly unfinished: number;
  readonly isShutDown: boolean;
}

type Insert = (items: readonly unknown[], item: unknown) => readonly unknown[];

/** First in, first out; see {@link queueModel} for the operations. */
export function fifoModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  return queueModel('a FIFO queue', options, (items, item) => [...items, item]);
}

/** Last in, first out; see {@link queueModel} for the operations. */
export function lifoModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  return queueModel('a LIFO queue', options, (items, item) => [item, ...items]);
}

/** Lowest priority number first, ties in the order of insertion; see {@link queueModel} for the operations. */
export function priorityModel(options: QueueModelOptions = {}): SequentialModel<QueueState> {
  const priority = options.priority ?? ((item) => Number(Array.isArray(item) ? item[0] : item));
  return queueModel('a priority queue', options, (items, item) => {
    const at = items.findIndex((other) => priority(other) > priority(item));
    return at < 0 ? [...items, item] : [...items.slice(0, at), item, ...items.slice(at)];
  });
}

/**
 * A queue with Python's verbs. Operations by name, with arguments as the method takes them: `put`, `putNowait`,
 * `putMany`, `get`, `getNowait`, `getMany`, `taskDone`, `join`, `shutdown` (argument `{ immediate }`), `qsize`,
 * `empty`, `full`. An outcome that is an error is known by the error's `name`: `QueueEmpty`, `QueueFull`,
 * `QueueShutDown`, `QueueTimeout`, `RangeError` (of `taskDone`).
 *
 * @throws {TypeError} from `apply` for an operation of another name.
 */
function queueModel(name: string, options: QueueModelOptions, insert: Insert): SequentialModel<QueueState> {
  const maxsize = options.maxsize ?? 0;
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
      when(state.items.length > 0 && (pending || Object.is(state.items[0], result)), take(state, 1)),
    getMany: (state, { args, result }, pending) => {
      const most = Math.min(Number(args[0] ?? Number.POSITIVE_INFINITY), state.items.length);
      if (pending) return Array.from({ length: most }, (_, n) => take(state, n + 1));
      const got = result as readonly unknown[];
      const fits =
        got.length > 0 && got.length <= most && got.every((item, n) => Object.is(item, state.items[n]));
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
    if (verb.startsWith('put')) {
      return error === 'QueueShutDown'
        ? state.isShutDown
        : error === 'QueueFull' && !state.isShutDown && isFull(state);
    }
    if (!verb.startsWith('get') || state.items.length > 0) return false;
    return error === (state.isShutDown ? 'QueueShutDown' : 'QueueEmpty');
  };

  return {
    name,
    initial: () => ({ items: [], unfinished: 0, isShutDown: false }),
    apply(state, operation) {
      const verb = operation.name.replace(/(?:Nowait|Async)$/, '');
      const effect = returns[verb];
      if (effect === undefined) throw new TypeError(`${name} has no operation '${operation.name}'`);
      if (operation.error !== undefined) {
        return when(throws(verb, (operation.error as { name?: string }).name, state, operation), state);
      }
      return effect(state, operation, operation.end === Number.POSITIVE_INFINITY);
    },
    key: ({ items, unfinished, isShutDown }) =>
      `${unfinished}${isShutDown ? '!' : ''}:${items.map(keyOf).join()}`,
  };
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A text that is the same for the same item only: objects are told apart by identity. */
function keyOf(item: unknown): string {
  if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
    return typeof item === 'string'
      ? JSON.stringify(item)
      : `${typeof item} ${Object.is(item, -0) ? '-0' : String(item)}`;
  }
  let identity = identities.get(item);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(item, identity);
  }
  return `#${identity}`;
}
