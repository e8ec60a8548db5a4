import type { Operation } from '../scenario.ts';
import { withType } from '../with-type.ts';
import { contentText } from './content-text.ts';
import { errorNameOf } from './error-name.ts';
import type { SequentialModel } from './sequential-model.ts';

/** The verdict on a history. */
export type Linearizability =
  | {
      readonly linearizable: true;
      /**
       * An order in which one thread could have done it all. Operations that never ended may be missing; one that the
       * model takes apart stands there by its steps.
       */
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

/** A step in the history, as a rule a whole operation. */
interface Step {
  readonly operation: Operation;
  /** Whether the step before it in the history is of the same operation, and has to come first. */
  readonly isLater: boolean;
}

interface Level<State> {
  readonly state: State;
  /** Steps before this index are all placed; `placed` holds the ones after it. */
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
 * at any time after its start, or not at all. One that the model takes apart (`SequentialModel.steps`) has an instant for
 * each of its steps, in their order; if it never ended, the last of them may be missing.
 *
 * Wing and Gong's search with Lowe's memory of the configurations that failed. Exponential in the number of
 * operations that overlap, so for short histories; `checkFifoHistory` takes long ones.
 *
 * @throws {RangeError} for an operation that ends before it starts; `TypeError` for what is no history or no model.
 * @example
 * const verdict = checkLinearizable(history, fifoModel());
 * if (!verdict.linearizable) throw new Error(verdict.message);
 */
export function checkLinearizable<State>(
  history: readonly Operation[],
  model: SequentialModel<State>,
): Linearizability {
  if (typeof model?.initial !== 'function') {
    throw new TypeError(`a model is an object such as fifoModel() makes, not ${withType(model)}`);
  }
  const steps = sortHistory(history).flatMap((whole): Step[] =>
    (model.steps?.(whole) ?? [whole]).map((operation, at) => ({ operation, isLater: at > 0 })),
  );
  const operationAt = (index: number): Operation => (steps[index] as Step).operation;
  const isCompleted = (index: number) => operationAt(index).end !== Number.POSITIVE_INFINITY;
  const completed = steps.filter((_, index) => isCompleted(index)).length;
  const failed = new Set<string>();
  const levels: Level<State>[] = [levelOf(steps, model.initial(), 0, new Set())];
  let best: number[] = [];
  let bestCandidates: readonly number[] = levels[0]?.candidates ?? [];
  let placedCompleted = 0;
  for (;;) {
    if (placedCompleted === completed) {
      return { linearizable: true, order: orderOf(levels).map(operationAt) };
    }
    const level = levels[levels.length - 1];
    if (level === undefined) break;
    if (level.tried < level.outcomes.length) {
      const state = level.outcomes[level.tried++] as State;
      const [low, placed] = place(level, steps.length);
      const key = `${low};${[...placed].sort((a, b) => a - b).join()};${model.key(state)}`;
      if (failed.has(key)) continue;
      failed.add(key);
      const deeper = levelOf(steps, state, low, placed);
      levels.push(deeper);
      if (isCompleted(level.chosen)) placedCompleted++;
      if (levels.length - 1 > best.length) {
        best = orderOf(levels);
        bestCandidates = deeper.candidates;
      }
    } else if (level.next < level.candidates.length) {
      level.chosen = level.candidates[level.next++] as number;
      level.outcomes = model.apply(level.state, operationAt(level.chosen));
      level.tried = 0;
    } else {
      levels.pop();
      const above = levels[levels.length - 1];
      if (above !== undefined && isCompleted(above.chosen)) placedCompleted--;
    }
  }
  const order = best.map(operationAt);
  const stuck = bestCandidates.map(operationAt);
  const list = (items: readonly Operation[]) => items.map((item) => `  ${formatOperation(item)}`).join('\n');
  return {
    linearizable: false,
    order,
    stuck,
    message:
      `No order of the ${history.length} operations fits ${model.name}. After\n${list(order)}\n` +
      `none of these can have been next:\n${list(stuck)}`,
  };
}

/** Copies the history by start. */
export function sortHistory(history: readonly Operation[]): Operation[] {
  if (!Array.isArray(history)) {
    throw new TypeError(`a history is an array of operations, not ${withType(history)}`);
  }
  for (const [index, operation] of history.entries()) {
    if (typeof operation?.start !== 'number' || !Array.isArray(operation.args)) {
      throw new TypeError(
        `operation ${index} of the history is { thread, name, args, start, end }, not ${withType(operation)}`,
      );
    }
    if (!(operation.end >= operation.start)) {
      throw new RangeError(`${formatOperation(operation)} ends before it starts`);
    }
  }
  return [...history].sort((left, right) => left.start - right.start);
}

/** The steps that may come next: those that started before any other of those left had ended. */
function levelOf<State>(
  steps: readonly Step[],
  state: State,
  low: number,
  placed: ReadonlySet<number>,
): Level<State> {
  const candidates: number[] = [];
  let firstEnd = Number.POSITIVE_INFINITY;
  for (let index = low; index < steps.length; index++) {
    const { operation, isLater } = steps[index] as Step;
    const { start, end } = operation;
    if (start > firstEnd) break;
    if (placed.has(index)) continue;
    // One that is left out here ends as the earlier step does for which it has to wait.
    if (isLater && index > low && !placed.has(index - 1)) continue;
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
        ? contentText(result)
        : `throws ${errorNameOf(error) ?? contentText(error)}`;
  return `thread ${thread}: ${name}(${args.map(contentText).join(', ')}) → ${outcome} [${start}, ${end}]`;
}
