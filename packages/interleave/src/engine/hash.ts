import { natives } from './natives.ts';

/** Mixes a word's address and value into one of two independent 32-bit hashes (lane 1). */
export function mixFirst(address: number, value: number): number {
  let x = Math.imul(address ^ 0x5bd1e995, 0x9e3779b1) ^ value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Lane 2 of {@link mixFirst}: other constants, so that the lanes collide independently. */
export function mixSecond(address: number, value: number): number {
  let x = Math.imul(address ^ 0x1b873593, 0xc2b2ae35) + Math.imul(value, 0x27d4eb2f);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return x ^ (x >>> 15);
}

/** What the digests of different types begin with, so that `0`, `''`, `[]` and `{}` are told apart. */
const tag = {
  text: 0x811c9dc5,
  bigint: 0x4cf5ad43,
  array: 0x165667b1,
  object: 0x2f0b4c47,
  error: 0x68e31da4,
  view: 0x5851f42d,
} as const;

/** Deeper content than this is not looked at. */
const deepest = 100;

/**
 * A digest of a value by its content; undefined for one whose content cannot be known, as that of a class with private
 * fields, or is not looked at: one that contains itself, or is very deep.
 */
export function digestContent(value: unknown, depth = 0): number | undefined {
  if (depth > deepest || typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return digest(value);
  if (natives.isView(value)) return value instanceof natives.DataView ? undefined : digest(value);
  const isError = value instanceof Error;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isError && !Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return undefined;
  const entries = Object.entries(value);
  let hash: number = tag.object;
  if (isError) {
    hash = mixFirst(tag.error, digest(`${value.name}: ${value.message}`));
    // Both are mostly not enumerable.
    for (const key of ['cause', 'errors']) {
      if (Object.hasOwn(value, key)) entries.push([key, (value as unknown as Record<string, unknown>)[key]]);
    }
  } else if (Array.isArray(value)) hash = mixFirst(tag.array, value.length);
  for (const [key, item] of entries) {
    const content = digestContent(item, depth + 1);
    if (content === undefined) return undefined;
    hash = mixFirst(mixFirst(hash, digest(key)), content);
  }
  return hash;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** A 32-bit digest of any value that an access can yield. */
export function digest(value: unknown): number {
  switch (typeof value) {
    case 'number': {
      const integer = value | 0;
      if (integer === value && (value !== 0 || Object.is(value, 0))) return integer;
      double[0] = value;
      return mixFirst(halves[0] as number, halves[1] as number);
    }
    case 'bigint':
      return digestBigint(value);
    case 'string': {
      let hash = tag.text ^ value.length;
      for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
      return hash;
    }
    case 'boolean':
      return value ? 0x3c6ef372 : 0x1f83d9ab;
    case 'object': {
      if (!natives.isView(value)) return 0x2545f491;
      let hash = mixFirst(tag.view, value.byteLength) ^ digest(value.constructor.name);
      for (const item of value as unknown as Iterable<number | bigint>) hash = mixFirst(hash, digest(item));
      return hash;
    }
    default:
      return 0x6a09e667;
  }
}

function digestBigint(value: bigint): number {
  let hash: number = tag.bigint;
  let rest = value;
  do {
    hash = mixFirst(hash, Number(BigInt.asIntN(32, rest)));
    rest >>= 32n;
  } while (rest !== 0n && rest !== -1n);
  return mixFirst(hash, rest < 0n ? 1 : 0);
}
