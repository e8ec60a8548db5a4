import type { Operation, SequentialModel } from '@pkg/interleave';
import type { QueuedItem } from './queue-kinds.fixture.ts';

/** Which queue a {@link queueModel} stands for. */
export interface QueueModelOptions {
  readonly name: string;
  /** Negative when `a` leaves before `b`. */
  readonly compare: (a: QueuedItem, b: QueuedItem) => number;
  /** At the beginning. */
  readonly maxsize: number;
  readonly redeliver: boolean;
  readonly maxDeliveries: number;
}

/** A part of a batch that is put: its parts go in one after the other, and others' items may come between. */
export interface Part {
  readonly batch: number;
  readonly part: number;
}

/** State of a {@link queueModel}. */
export interface QueueState {
  readonly maxsize: number;
  readonly puts: number;
  /** In the order in which they leave. */
  readonly queued: readonly QueuedItem[];
  /** By thread, oldest first: what it took and is not done. */
  readonly held: readonly (readonly QueuedItem[])[];
  /** By thread, without redelivery: items that it said to be done before anybody had taken them. */
  readonly debts: readonly number[];
  /** Dead letters. */
  readonly letters: readonly QueuedItem[];
  readonly unfinished: number;
  readonly isShutDown: boolean;
  readonly isDiscarded: boolean;
  /** Threads whose death was recovered from, a bit each: nothing that they began happens any more. */
  readonly dead: number;
  /** By batch: how many of its parts are in. */
  readonly parts: readonly number[];
}

/** Strikes `count` off the debts. */
function forgive(debts: readonly number[], count: number): number[] {
  let left = count;
  return debts.map((debt) => {
    const part = Math.min(debt, left);
    left -= part;
    return debt - part;
  });
}

/** Threads that a history may have. */
const THREADS = 8;

/**
 * A queue of the family with deaths. Beyond the models of `@pkg/interleave` it knows who holds what, and the
 * operation `recovery`, whose argument is the threads that died: what they hold returns to its place, becomes a dead
 * letter or, without redelivery, counts as done.
 *
 * @param partOf tells of which batch a `put` is a part
 */
export function queueModel(
  { name, compare, maxsize, redeliver, maxDeliveries }: QueueModelOptions,
  partOf: (operation: Operation) => Part | undefined,
): SequentialModel<QueueState> {
  const isFull = ({ queued, maxsize }: QueueState) => maxsize > 0 && queued.length >= maxsize;

  const putAll = (state: QueueState, items: readonly number[]): QueueState[] => {
    if (state.isShutDown || (state.maxsize > 0 && state.queued.length + items.length > state.maxsize))
      return [];
    const added = items.map((item, n) => ({ item, number: state.puts + n, returns: 0 }));
    return [
      {
        ...state,
        puts: state.puts + items.length,
        queued: [...state.queued, ...added].sort(compare),
        unfinished: state.unfinished + items.length,
      },
    ];
  };

  const take = (state: QueueState, thread: number, count: number): QueueState => {
    const taken = state.queued.slice(0, count);
    // What was said to be done in advance is done by the first that are taken.
    const debt = Math.min(state.debts[thread]!, count);
    return {
      ...state,
      queued: state.queued.slice(count),
      held: replace(state.held, thread, [...state.held[thread]!, ...taken.slice(debt)]),
      debts: replace(state.debts, thread, state.debts[thread]! - debt),
    };
  };

  const settle = (state: QueueState, thread: number): QueueState[] => {
    const owner = state.held[thread]!.length > 0 ? thread : state.held.findIndex((held) => held.length > 0);
    if (owner < 0 && redeliver) return [];
    if (!redeliver && state.unfinished <= 0) return [];
    const unfinished = state.unfinished - 1;
    if (owner >= 0) {
      return [{ ...state, unfinished, held: replace(state.held, owner, state.held[owner]!.slice(1)) }];
    }
    return [{ ...state, unfinished, debts: replace(state.debts, thread, state.debts[thread]! + 1) }];
  };

  /** Gives back what one thread holds. */
  const recoverFrom = (state: QueueState, thread: number, heir: number): QueueState => {
    const held = state.held[thread]!;
    const returned = held.map((item) => ({ ...item, returns: item.returns + 1 }));
    const comesBack = ({ returns }: QueuedItem) => redeliver && !state.isDiscarded && returns < maxDeliveries;
    const back = returned.filter(comesBack);
    const isLetter = (item: QueuedItem) => redeliver && !state.isDiscarded && !comesBack(item);
    const gone = held.length - back.length;
    // What somebody has said to be done before the dead thread took it is done already.
    const lost = redeliver ? gone : Math.min(gone, state.unfinished);
    const inherited = replace(state.debts, heir, state.debts[heir]! + state.debts[thread]!);
    const debts = forgive(replace(inherited, thread, 0), gone - lost);
    return {
      ...state,
      queued: [...state.queued, ...back].sort(compare),
      held: replace(state.held, thread, []),
      debts,
      letters: [...state.letters, ...returned.filter(isLetter)],
      unfinished: state.unfinished - lost,
      dead: state.dead | (1 << thread),
    };
  };

  const shutDown = (state: QueueState, immediate: boolean): QueueState => {
    if (!immediate) return { ...state, isShutDown: true };
    const unfinished = Math.max(0, state.unfinished - state.queued.length);
    return { ...state, queued: [], unfinished, isShutDown: true, isDiscarded: true };
  };

  /** The states after an operation that returned, or never ended. */
  const returned = (state: QueueState, operation: Operation, pending: boolean): readonly QueueState[] => {
    const { args, result, thread } = operation;
    const { queued } = state;
    switch (verbOf(operation)) {
      case 'put':
        return putAll(state, [args[0] as number]);
      case 'putMany':
        return putAll(state, args[0] as number[]);
      case 'get':
        return queued.length > 0 && (pending || queued[0]!.item === result) ? [take(state, thread, 1)] : [];
      case 'getMany': {
        const most = Math.min(args[0] as number, queued.length);
        if (pending) return Array.from({ length: most }, (_, n) => take(state, thread, n + 1));
        const got = result as readonly number[];
        const fits = got.length > 0 && got.length <= most && got.every((item, n) => item === queued[n]!.item);
        return fits ? [take(state, thread, got.length)] : [];
      }
      case 'taskDone':
        return settle(state, thread);
      case 'join':
        return state.unfinished <= 0 ? [state] : [];
      case 'shutdown':
        return [shutDown(state, (args[0] as { immediate: boolean }).immediate)];
      case 'setMaxsize':
        return [{ ...state, maxsize: args[0] as number }];
      case 'recovery':
        return [(args[0] as number[]).reduce((after, dead) => recoverFrom(after, dead, thread), state)];
      case 'qsize':
        return result === queued.length ? [state] : [];
      case 'unfinishedTasks':
        return result === Math.max(0, state.unfinished) ? [state] : [];
      case 'deadLetters':
        return String(result) === String(oldestFirst(state.letters)) ? [state] : [];
      default:
        throw new TypeError(`the model of a queue has no operation '${operation.name}'`);
    }
  };

  /** Whether the operation may throw that error in the state; errors change nothing. */
  const mayThrow = (state: QueueState, operation: Operation): boolean => {
    const verb = verbOf(operation);
    const error = (operation.error as Error).name;
    if (verb === 'taskDone') return error === 'RangeError' && settle(state, operation.thread).length === 0;
    if (verb.startsWith('put')) {
      if (error === 'QueueShutDown') return state.isShutDown;
      return error === 'QueueFull' && !state.isShutDown && isFull(state);
    }
    if (!verb.startsWith('get') || state.queued.length > 0) return false;
    return error === (state.isShutDown ? 'QueueShutDown' : 'QueueEmpty');
  };

  return {
    name,
    initial: () => ({
      maxsize,
      puts: 0,
      queued: [],
      held: Array.from({ length: THREADS }, () => []),
      debts: new Array(THREADS).fill(0),
      letters: [],
      unfinished: 0,
      isShutDown: false,
      isDiscarded: false,
      dead: 0,
      parts: [],
    }),
    apply(state, operation) {
      if ((state.dead & (1 << operation.thread)) !== 0) return [];
      const part = partOf(operation);
      if (part !== undefined && (state.parts[part.batch] ?? 0) !== part.part) return [];
      if (operation.error !== undefined) return mayThrow(state, operation) ? [state] : [];
      const after = returned(state, operation, operation.end === Number.POSITIVE_INFINITY);
      if (part === undefined) return after;
      return after.map((next) => ({ ...next, parts: replace(next.parts, part.batch, part.part + 1) }));
    },
    key: ({
      maxsize,
      puts,
      queued,
      held,
      debts,
      letters,
      unfinished,
      isShutDown,
      isDiscarded,
      dead,
      parts,
    }) => {
      const show = (items: readonly QueuedItem[]) =>
        items.map(({ item, number, returns }) => `${item}.${number}.${returns}`).join();
      return [
        maxsize,
        puts,
        show(queued),
        held.map(show).join('/'),
        debts,
        show(letters),
        unfinished,
        isShutDown,
        isDiscarded,
        dead,
        parts,
      ].join(';');
    },
  };
}

const oldestFirst = (items: readonly QueuedItem[]): number[] =>
  [...items].sort((a, b) => a.number - b.number).map(({ item }) => item);

const verbOf = ({ name }: Operation): string => name.replace(/Nowait$/, '');

function replace<T>(list: readonly T[], at: number, value: T): readonly T[] {
  const copy = [...list];
  copy[at] = value;
  return copy;
}
