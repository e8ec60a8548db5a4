import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue } from '../src/index.ts';

/** Bytes of which any that is out of place shows. */
const bytesOf = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >>> 8) * 7 + seed) & 0xff;
  return bytes;
};

const KiB = 1024;
/** Around the size from which on a copy is saved, and at all alignments. */
const LENGTHS = [64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 64 * KiB + 2, 64 * KiB + 3, 300 * KiB, 1024 * KiB + 5];

const kinds = [
  ['Queue', (options = {}) => new Queue<unknown>(0, options)],
  ['Queue that redelivers', (options = {}) => new Queue<unknown>(0, { ...options, redeliver: true })],
  ['LifoQueue', (options = {}) => new LifoQueue<unknown>(0, options)],
  ['PriorityQueue', (options = {}) => new PriorityQueue<unknown>(0, { ...options, priority: () => 1 })],
] as const;

describe.each(kinds)('big items in a %s', (_, make) => {
  it.each(LENGTHS)('of %i bytes arrive as they were, wherever the bytes lie in them', (length) => {
    const queue = make();
    const bytes = bytesOf(length);
    for (const item of [
      bytes,
      bytes.buffer,
      ['name', bytes],
      [bytes, 'name'],
      { first: bytes, second: bytesOf(length, 2) },
      [bytes, bytes],
      new Float32Array(new Float32Array(length).map((_, i) => i)),
      Buffer.from(bytes),
    ]) {
      queue.put(item);
      expect(same(queue.get(), item)).toBe(true);
    }
  });

  it.each(LENGTHS)('of %i bytes arrive through codecs of bytes alone', (length) => {
    const own = { encode: (item: Uint8Array) => item, decode: (bytes: Uint8Array) => bytes };
    for (const codec of ['bytes', own]) {
      const queue = make({ codec });
      // Between small ones, so that they begin at all sorts of places.
      for (const each of [3, length, 7, length, length]) queue.put(bytesOf(each));
      const lengths = Array.from({ length: 5 }, () => {
        const bytes = queue.get() as Uint8Array;
        expect(same(bytes, bytesOf(bytes.length))).toBe(true);
        expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, bytes.length]);
        return bytes.length;
      });
      expect(lengths.sort((a, b) => a - b)).toEqual([3, 7, length, length, length]);
    }
  });

  it('arrive in batches', () => {
    const queue = make();
    const items = LENGTHS.map((length) => [length, bytesOf(length)]);
    queue.putMany(items);
    const got: unknown[] = [];
    while (!queue.empty()) got.push(...queue.getMany(2));
    const byLength = (a: unknown, b: unknown) => (a as number[])[0]! - (b as number[])[0]!;
    expect(same(got.sort(byLength), items)).toBe(true);
  });

  it('are copied before an iterator goes on, which may use its buffer again', async () => {
    function* reusing() {
      const bytes = new Uint8Array(70 * KiB);
      for (let i = 1; i <= 3; i++) yield bytes.fill(i);
      bytes.fill(0);
    }
    const queue = make();
    queue.putMany(reusing());
    await queue.putManyAsync(reusing());
    const firsts = Array.from({ length: 6 }, () => (queue.get() as Uint8Array)[0]);
    expect(firsts.sort()).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('are copied before a getter in the same item can change them', () => {
    const queue = make();
    const first = new Uint8Array(70 * KiB).fill(1);
    const growing = new Uint8Array(new ArrayBuffer(70 * KiB, { maxByteLength: 80 * KiB })).fill(9);
    for (const [bytes, change] of [
      [first, () => void first.fill(2)],
      [growing, () => growing.buffer.resize(71 * KiB)],
    ] as const) {
      const item: unknown[] = [bytes, 0];
      Object.defineProperty(item, 1, { get: change, enumerable: true });
      const expected = bytes.slice();
      queue.put(item);
      expect(same((queue.get() as unknown[])[0], expected)).toBe(true);
      const now = bytes[0];
      const holder = {
        bytes: bytes.slice(),
        get more() {
          return void this.bytes.fill(7);
        },
      };
      queue.put(holder);
      expect((queue.get() as typeof holder).bytes[0]).toBe(now);
    }
  });

  it.each(Object.keys(AROUND))('are copied before %s behind them can change them', async (around) => {
    const queue = make();
    const verbs: ((item: unknown) => unknown)[] = [
      (item) => queue.put(item),
      (item) => queue.putAsync(item),
      (item) => queue.putMany([item]),
    ];
    for (const put of verbs) {
      const bytes = bytesOf(70 * KiB);
      let looked = false;
      const item = AROUND[around]!(bytes, () => {
        looked = true;
        bytes.fill(0);
      });
      await put(item);
      expect(looked).toBe(true);
      expect(same(firstBytes(queue.get()), bytesOf(70 * KiB))).toBe(true);
    }
  });

  it('are those of the time of the put', async () => {
    const queue = make({ maxBytes: 1024 * KiB });
    const bytes = bytesOf(700 * KiB);
    queue.put(bytes);
    bytes.fill(0);
    const second = bytesOf(700 * KiB, 2);
    const waiting = queue.putAsync(second);
    second.fill(0);
    expect(same(queue.get(), bytesOf(700 * KiB))).toBe(true);
    await waiting;
    expect(same(queue.get(), bytesOf(700 * KiB, 2))).toBe(true);
  });

  it('leave nothing behind when something else in them cannot be carried', () => {
    const queue = make();
    expect(() => queue.put([bytesOf(100 * KiB), () => 1])).toThrow('function');
    expect(queue.empty()).toBe(true);
    queue.put(['small']);
    expect(queue.get()).toEqual(['small']);
  });
});

/** Items in which code that `change` stands for runs when what lies behind the bytes is looked at. */
const AROUND: Record<string, (bytes: Uint8Array, change: () => void) => unknown> = {
  'the message of an error that is a value in a Map': (bytes, change) =>
    new Map<unknown, unknown>([[bytes, withGetter(new Error('x'), 'message', change)]]),
  'a proxy that is a value in a Map': (bytes, change) => new Map<unknown, unknown>([[bytes, spy(change)]]),
  'the next key of a Map': (bytes, change) =>
    new Map<unknown, unknown>([
      [1, bytes],
      [spy(change), 2],
    ]),
  'the name of an error that is the next key of a Map': (bytes, change) =>
    new Map<unknown, unknown>([
      [1, bytes],
      [withGetter(new Error('x'), 'name', change), 2],
    ]),
  'the next member of a Set': (bytes, change) => new Set<unknown>([bytes, spy(change)]),
  'the stack of an error that is the next member of a Set': (bytes, change) =>
    new Set<unknown>([bytes, withGetter(new Error('x'), 'stack', change)]),
  'the next element of an array': (bytes, change) => [bytes, spy(change)],
  'an array with a getter in an array': (bytes, change) => [bytes, withGetter([1, 2], '1', change)],
  'the next property of an object': (bytes, change) => ({ bytes, next: spy(change) }),
  'a field of an error whose cause they are': (bytes, change) =>
    withGetter(new Error('x', { cause: bytes }), 'field', change),
  'the errors of an error whose cause they are': (bytes, change) =>
    withGetter(new Error('x', { cause: bytes }), 'errors', change, false),
  'the next one of objects that lie deep': (bytes, change) =>
    deep([[1, bytes], withGetter(new Error('x'), 'message', change)]),
  'the next one of arrays that lie deep': (bytes, change) => deep([{ bytes }, spy(change, [1])]),
};

/** An object that tells when it is looked at. */
const spy = (change: () => void, target: object = { field: 1 }): object =>
  new Proxy(target, {
    ownKeys(own) {
      change();
      return Reflect.ownKeys(own);
    },
    has(own, key) {
      change();
      return Reflect.has(own, key);
    },
  });

function withGetter(holder: object, key: string, change: () => void, enumerable = true): object {
  return Object.defineProperty(holder, key, { enumerable, configurable: true, get: () => void change() });
}

/** Wraps an array so often that what is in it is written behind everything else. */
function deep(array: unknown[]): unknown {
  let item: unknown = array;
  for (let i = 0; i < 95; i++) item = [item];
  return item;
}

/** The first bytes that are found in an item. */
function firstBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const inside =
    value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  if (value instanceof Error) inside.push(value.cause);
  for (const each of inside) {
    const found = firstBytes(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Equality of what toEqual compares too slowly for a megabyte. */
function same(a: unknown, b: unknown): boolean {
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b));
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    return Buffer.compare(bytes(a), bytes(b)) === 0;
  }
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  const keys = Object.keys(b);
  return (
    Object.keys(a).length === keys.length &&
    keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
