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
  thrown: 0x27220a95,
} as const;

/** Deeper content than this is not looked at. */
const deepest = 100;

/**
 * Own properties of errors that are not enumerable: of these the message is looked at by name, and {@link partsOfErrors} as
 * other properties are; the others say where the error was made.
 */
const hiddenInErrors = [
  'message',
  'stack',
  'cause',
  'errors',
  'fileName',
  'sourceURL',
  'line',
  'lineNumber',
  'column',
  'columnNumber',
];
const partsOfErrors: readonly string[] = ['cause', 'errors'];

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** A number that tells an object from others. */
function identityOf(object: object): number {
  let identity = identities.get(object);
  if (identity === undefined) {
    identity = ++lastIdentity;
    identities.set(object, identity);
  }
  return identity;
}

/**
 * A digest of a value by its content; undefined for one whose content cannot be known, as that of a class with private
 * fields, or is not all looked at: one that holds an object twice or itself, that has properties which are symbols or not
 * enumerable, or places of an array that are empty, or that is very deep. Errors and typed arrays of different classes are
 * different.
 */
export function digestContent(value: unknown): number | undefined {
  return new ContentDigest().of(value, 0);
}

/** A digest of what an operation came to. */
export function digestOutcome(outcome: {
  readonly result?: unknown;
  readonly error?: unknown;
}): number | undefined {
  if (!('error' in outcome)) return digestContent(outcome.result);
  const content = digestContent(outcome.error);
  return content === undefined ? undefined : mixFirst(tag.thrown, content);
}

/** {@link digestContent} of one value. */
class ContentDigest {
  /** The objects met so far but for the outermost, which mostly is the only one. */
  #met: Set<object> | undefined;
  #outermost: object | undefined;

  of(value: unknown, depth: number): number | undefined {
    if (depth > deepest || typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return digest(value);
    if (!this.#isNew(value)) return undefined;
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Array.prototype) return this.#ofArray(value as unknown[], depth);
    if (prototype === Object.prototype) return this.#ofObject(value, depth);
    if (prototype === null) return undefined;
    if (value instanceof Error) return this.#ofError(value, prototype, depth);
    if (!natives.isView(value) || value instanceof natives.DataView) return undefined;
    const isBare = Reflect.ownKeys(value).length === (value as Uint8Array).length;
    return isBare ? mixFirst(identityOf(prototype), digest(value)) : undefined;
  }

  #isNew(object: object): boolean {
    if (this.#outermost === undefined) {
      this.#outermost = object;
      return true;
    }
    if (object === this.#outermost || this.#met?.has(object) === true) return false;
    this.#met ??= new Set();
    this.#met.add(object);
    return true;
  }

  #ofArray(array: readonly unknown[], depth: number): number | undefined {
    const { length } = array;
    // Its length is a property as well.
    if (Reflect.ownKeys(array).length !== length + 1) return undefined;
    let hash = mixFirst(tag.array, length);
    for (let index = 0; index < length; index++) {
      const content = this.of(array[index], depth + 1);
      if (content === undefined) return undefined;
      hash = mixFirst(hash, content);
    }
    return hash;
  }

  #ofObject(object: object, depth: number): number | undefined {
    const keys = Object.keys(object);
    if (Reflect.ownKeys(object).length !== keys.length) return undefined;
    return this.#ofProperties(object, keys, tag.object, depth);
  }

  #ofError(error: Error, prototype: object, depth: number): number | undefined {
    const keys = Object.keys(error);
    let unseen = Reflect.ownKeys(error).length - keys.length;
    for (const key of hiddenInErrors) {
      if (unseen === 0) break;
      if (Object.getOwnPropertyDescriptor(error, key)?.enumerable !== false) continue;
      if (partsOfErrors.includes(key)) keys.push(key);
      unseen--;
    }
    if (unseen > 0) return undefined;
    const hash = mixFirst(
      mixFirst(tag.error, identityOf(prototype)),
      digest(`${error.name}: ${error.message}`),
    );
    return this.#ofProperties(error, keys, hash, depth);
  }

  #ofProperties(object: object, keys: readonly string[], start: number, depth: number): number | undefined {
    let hash = start;
    for (const key of keys) {
      const content = this.of((object as Record<string, unknown>)[key], depth + 1);
      if (content === undefined) return undefined;
      hash = mixFirst(mixFirst(hash, digest(key)), content);
    }
    return hash;
  }
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
