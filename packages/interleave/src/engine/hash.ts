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

/**
 * A digest of a value by its content; undefined for one of a class whose content cannot be known. Not for values that
 * contain themselves.
 */
export function digestContent(value: unknown): number | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return digest(value);
  const isError = value instanceof Error;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isError && !Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return undefined;
  let hash = isError ? digest(`${value.name}: ${value.message}`) : Array.isArray(value) ? value.length : -1;
  for (const [key, item] of Object.entries(value)) {
    const content = digestContent(item);
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
      return mixFirst(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    case 'string': {
      let hash = value.length;
      for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
      return hash;
    }
    case 'boolean':
      return value ? 0x3c6ef372 : 0x1f83d9ab;
    case 'object': {
      if (!ArrayBuffer.isView(value)) return 0x2545f491;
      let hash = value.byteLength;
      for (const item of value as unknown as Iterable<number | bigint>) hash = mixFirst(hash, digest(item));
      return hash;
    }
    default:
      return 0x6a09e667;
  }
}
