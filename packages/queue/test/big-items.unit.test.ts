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
