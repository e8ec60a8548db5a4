import type { Operation } from '../scenario.ts';
import type { SequentialModel } from './sequential-model.ts';

/** The verdict on a history. */
export type Linearizability =
  | {
      readonly linearizable: true;
      /** An order in which one thread could have done it all. Operations that never ended may be missing. */
      readonly order: readonly Operation[];
    }
  | {
      readonly linearizable: false;
      /** The longest order that could be kept up. */
      readonly order: readonly Operation[];
      /** The operations that were next, none of which fits. */
      readonly stuck: readonly Operation[];
      /** Both, for an error message. */
      readonly message: string;
    };

interface Level<State> {
  readonly state: State;
  /** Operations before this index are all placed; `placed` holds the ones after it. */
  readonly low: number;
  readonly placed: ReadonlySet<number>;
  readonly candidates: readonly number[];
  next: number;
  /** States after the candidate being tried, and how many of them were. */
  outcomes: readonly State[];
  tried: number;
  chosen: number;
}

/**
 * Whether every operation of the history can be thought to have happened at one instant between its start and
 * its end, with the outcomes that it had. An operation that never ended (its thread died in it) may have happened
 * at any time after its start, or not at all.
 *
 * Wing and Gong's search with Lowe's memory of the configurations that failed. Exponential in the number of
 * operations that overlap, so for short histories; `checkFifoHistory` takes long ones.
 *
 * @throws {RangeError} for an operation that ends before it starts.
 * @example
 * const verdict = checkLinearizable(history, fifoModel());
 * if (!verdict.linearizable) throw new Error(verdict.message);
 */
export function checkLinearizable<State>(
  history: readonly Operation[],
  model: SequentialModel<State>,
): Linearizability {
  const operations = sortHistory(history);
  const completed = operations.filter(({ end }) => end !== Number.POSITIVE_INFINITY).length;
  const failed = new Set<string>();
  const levels: Level<State>[] = [levelOf(operations, model.initial(), 0, new Set())];
  let best: number[] = [];
  let bestCandidates: readonly number[] = levels[0]?.candidates ?? [];
  let placedCompleted = 0;
  for (;;) {
    if (placedCompleted === completed) {
      return { linearizable: true, order: orderOf(levels).map((index) => operations[index] as Operation) };
    }
    const level = levels[levels.length - 1];
    if (level === undefined) break;
    if (level.tried < level.outcomes.length) {
      const state = level.outcomes[level.tried++] as State;
      const [low, placed] = place(level, operations.length);
      const key = `${low};${[...placed].sort((a, b) => a - b).join()};${model.key(state)}`;
      if (failed.has(key)) continue;
      failed.add(key);
      const deeper = levelOf(operations, state, low, placed);
      levels.push(deeper);
      if ((operations[level.chosen] as Operation).end !== Number.POSITIVE_INFINITY) placedCompleted++;
      if (levels.length - 1 > best.length) {
        best = orderOf(levels);
        bestCandidates = deeper.candidates;
      }
    } else if (level.next < level.candidates.length) {
      level.chosen = level.candidates[level.next++] as number;
      level.outcomes = model.apply(level.state, operations[level.chosen] as Operation);
      level.tried = 0;
    } else {
      levels.pop();
      const above = levels[levels.length - 1];
      if (above !== undefined && (operations[above.chosen] as Operation).end !== Number.POSITIVE_INFINITY) {
        placedCompleted--;
      }
    }
  }
  const order = best.map((index) => operations[index] as Operation);
  const stuck = bestCandidates.map((index) => operations[index] as Operation);
  const list = (items: readonly Operation[]) => items.map((item) => `  ${formatOperation(item)}`).join('\n');
  return {
    linearizable: false,
    order,
    stuck,
    message:
      `No order of the ${operations.length} operations fits ${model.name}. After\n${list(order)}\n` +
      `none of these can have been next:\n${list(stuck)}`,
  };
}

/** Copies the history by start. */
export function sortHistory(history: readonly Operation[]): Operation[] {
  for (const operation of history) {
    if (!(operation.end >= operation.start)) {
      throw new RangeError(`${formatOperation(operation)} ends before it starts`);
    }
  }
  return [...history].sort((left, right) => left.start - right.start);
}

/** The operations that may come next: those that started before any other of those left had ended. */
function levelOf<State>(
  operations: readonly Operation[],
  state: State,
  low: number,
  placed: ReadonlySet<number>,
): Level<State> {
  const candidates: number[] = [];
  let firstEnd = Number.POSITIVE_INFINITY;
  for (let index = low; index < operations.length; index++) {
    const { start, end } = operations[index] as Operation;
    if (start > firstEnd) break;
    if (placed.has(index)) continue;
    candidates.push(index);
    if (end < firstEnd) firstEnd = end;
  }
  return { state, low, placed, candidates, next: 0, outcomes: [], tried: 0, chosen: -1 };
}

function place<State>({ low, placed, chosen }: Level<State>, length: number): [number, Set<number>] {
  const after = new Set(placed).add(chosen);
  let next = low;
  while (next < length && after.delete(next)) next++;
  return [next, after];
}

function orderOf<State>(levels: readonly Level<State>[]): number[] {
  return levels.slice(0, -1).map(({ chosen }) => chosen);
}

/** An operation in one line, such as `thread 1: get() → 7 [3, 8]`. */
export function formatOperation({ thread, name, args, start, end, result, error }: Operation): string {
  const outcome =
    end === Number.POSITIVE_INFINITY
      ? '…'
      : error === undefined
        ? String(result)
        : `throws ${(error as { name?: string }).name ?? String(error)}`;
  return `thread ${thread}: ${name}(${args.map(String).join(', ')}) → ${outcome} [${start}, ${end}]`;
}
