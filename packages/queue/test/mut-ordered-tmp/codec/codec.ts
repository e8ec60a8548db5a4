/**
 * A user's own translation between items and bytes, for `options.codec`.
 *
 * Functions do not travel between threads: pass the same codec to `Queue.from` in every thread.
 * `encode` runs in the thread that puts, `decode` in the thread that gets, never under a lock. Whatever they
 * throw arrives as `QueueCodecError` with the original as its `cause`.
 *
 * @example
 * ```ts
 * const point: Codec<{ x: number; y: number }> = {
 *   name: 'point',
 *   encode: ({ x, y }) => new Uint8Array(Float64Array.of(x, y).buffer),
 *   decode: (bytes) => {
 *     const [x, y] = new Float64Array(bytes.buffer);
 *     return { x: x!, y: y! };
 *   },
 * };
 * const queue = new Queue(0, { codec: point });
 * ```
 */
export interface Codec<T> {
  /** Shown in error messages, and what attached threads are checked against. Default `'custom'`. */
  readonly name?: string;
  /** Turns an item into bytes. The array is copied before `put` returns, so it may be reused. */
  encode(value: T): Uint8Array;
  /** Turns bytes back into an item. The array is a fresh copy (offset 0 of its own buffer): keep it freely. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

/** The built-in codecs by name; see `options.codec` of `Queue`. */
export type CodecName = 'any' | 'int32' | 'float64' | 'bytes' | 'json';
