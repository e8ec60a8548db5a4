import type { Operation } from '../scenario.ts';
import { formatOperation, sortHistory } from './check-linearizable.ts';
import { contentText } from './content-text.ts';
import { errorNameOf } from './error-name.ts';

/** The verdict on a FIFO queue's history. */
export type FifoVerdict =
  | { readonly linearizable: true }
  | {
      readonly linearizable: false;
      readonly reason: 'never-put' | 'got-twice' | 'got-before-put' | 'order' | 'empty';
      /** The operations that contradict each other. */
      readonly operations: readonly Operation[];
      readonly message: string;
    };

interface Value {
  readonly put: Operation;
  readonly get: Operation | undefined;
  /** The earliest moment at which the value can have left; `Infinity` if it certainly never did. */
  readonly leaves: number;
}

/**
 * Whether the history of an unbounded FIFO queue, into which no value was put twice, is linearizable. O(n log n):
 * a million operations take seconds.
 *
 * Looked at are `put`/`putNowait` (first argument) and `get`/`getNowait` (result), and gets that found the queue
 * empty (an error named `QueueEmpty`); puts that threw are left out. Values are told apart by content. Such a history is linearizable exactly if it
 * has none of these (Henzinger, Sezgin, Vafeiadis: Aspect-oriented linearizability proofs, CONCUR 2013):
 *
 * - a value that was got but never put; got twice; or got before its put began;
 * - two values whose puts came one after the other while their gets came in the opposite order, or the later
 *   value was got and the earlier never;
 * - a get that found the queue empty, though at every moment of it some value was certainly inside.
 *
 * An operation that never ended: a put is taken to have happened only if its value was got; a get may have taken
 * any value that no other get returned. With such gets the check is one-sided: it reports no violation that is
 * none, but may miss one.
 *
 * @throws {RangeError} if a value was put twice: then use `checkLinearizable`.
 */
export function checkFifoHistory(history: readonly Operation[]): FifoVerdict {
  const operations = sortHistory(history);
  const puts = new Map<unknown, Operation>();
  const gets = new Map<unknown, Operation>();
  const empties: Operation[] = [];
  let firstPendingGet = Number.POSITIVE_INFINITY;
  for (const operation of operations) {
    const { name, args, error, end, start, result } = operation;
    if (name === 'put' || name === 'putNowait') {
      if (error !== undefined) continue;
      const value = keyOf(args[0]);
      if (puts.has(value))
        throw new RangeError(`${contentText(args[0])} was put twice; checkFifoHistory needs distinct values`);
      puts.set(value, operation);
    } else if (name === 'get' || name === 'getNowait') {
      if (end === Number.POSITIVE_INFINITY) firstPendingGet = Math.min(firstPendingGet, start);
      else if (error !== undefined) {
        if (errorNameOf(error) === 'QueueEmpty') empties.push(operation);
      } else {
        const value = keyOf(result);
        const earlier = gets.get(value);
        if (earlier !== undefined) return violation('got-twice', [earlier, operation]);
        gets.set(value, operation);
      }
    }
  }
  for (const [value, get] of gets) {
    const put = puts.get(value);
    if (put === undefined) return violation('never-put', [get]);
    if (get.end < put.start) return violation('got-before-put', [put, get]);
  }
  const values: Value[] = [];
  for (const [value, put] of puts) {
    const get = gets.get(value);
    if (get === undefined && put.end === Number.POSITIVE_INFINITY) continue;
    values.push({ put, get, leaves: get?.start ?? firstPendingGet });
  }
  return findDisorder(values) ?? findFalseEmpty(values, empties) ?? { linearizable: true };
}

/** What a value goes by in a map: numbers, of which long histories are made, by themselves. */
const keyOf = (value: unknown): number | string =>
  typeof value === 'number' && !Object.is(value, -0) ? value : contentText(value);

/** Looks for a value that overtook one put before it. */
function findDisorder(values: readonly Value[]): FifoVerdict | undefined {
  // In step: the later values by the start of their puts, the earlier ones by the end of theirs.
  const byEnd = [...values].sort((a, b) => a.put.end - b.put.end);
  let next = 0;
  let latest: Value | undefined;
  for (const later of values) {
    for (; next < byEnd.length; next++) {
      const earlier = byEnd[next] as Value;
      if (earlier.put.end >= later.put.start) break;
      if (latest === undefined || earlier.leaves > latest.leaves) latest = earlier;
    }
    if (latest === undefined || later.get === undefined || later.get.end >= latest.leaves) continue;
    const gets = latest.get === undefined ? [later.get] : [later.get, latest.get];
    return violation('order', [latest.put, later.put, ...gets]);
  }
  return undefined;
}

/** Looks for a get that found nothing while, at every moment of it, some value was certainly inside. */
function findFalseEmpty(values: readonly Value[], empties: readonly Operation[]): FifoVerdict | undefined {
  const inside = values
    .filter(({ put, leaves }) => put.end < leaves)
    .map(({ put, leaves }) => ({ from: put.end, to: leaves }))
    .sort((a, b) => a.from - b.from);
  let next = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const empty of empties) {
    for (; next < inside.length; next++) {
      const span = inside[next] as { from: number; to: number };
      if (span.from >= empty.start && span.from >= to) break;
      if (span.from < to) to = Math.max(to, span.to);
      else ({ from, to } = span);
    }
    if (from < empty.start && empty.end < to) return violation('empty', [empty]);
  }
  return undefined;
}

const reasons = {
  'never-put': 'A value was got that was never put',
  'got-twice': 'A value was got twice',
  'got-before-put': 'A value was got before its put began',
  order: 'A value overtook one that was put before it',
  empty: 'A get found the queue empty though it held something all the while',
} as const;

function violation(reason: keyof typeof reasons, operations: readonly Operation[]): FifoVerdict {
  const message = `${reasons[reason]}:\n${operations.map((each) => `  ${formatOperation(each)}`).join('\n')}`;
  return { linearizable: false, reason, operations, message };
}
