import { toInteger } from './integers.ts';
import type { TypedArrayConstructor } from './natives.ts';

/** So many that none are cut off. */
const MOST_BITS = 2 ** 53 - 1;

/** Brings a value to what `Atomics` takes for an array of such elements, as the genuine functions do. */
export function coerce(isBigInt: boolean, value: unknown): number | bigint {
  if (!isBigInt) return toInteger(value);
  // Not `BigInt()`, which makes one of a number too, while the language refuses that here.
  return BigInt.asIntN(MOST_BITS, value as bigint);
}

/** The value as an element of such an array holds it: what it is compared with, and what is found there afterwards. */
export function wrap(constructor: TypedArrayConstructor, value: number | bigint): number | bigint {
  const elements = new constructor(1) as Int32Array;
  elements[0] = value as number;
  return elements[0] as number;
}

/** How many waiters `Atomics.notify` wakes at most, given its third argument. */
export const notifyLimit = (count: unknown): number =>
  count === undefined ? Number.POSITIVE_INFINITY : Math.max(0, toInteger(count));
