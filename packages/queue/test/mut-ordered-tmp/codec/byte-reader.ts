import { QueueCodecError } from './queue-codec-error.ts';

const INITIAL_CAPACITY = 1024;
/** A scratch up to this size is kept between items. */
const KEPT_CAPACITY = 4 * 1024 * 1024;

/**
 * A thread's private scratch that the kernel copies stored items into, and that codecs decode from.
 *
 * The kernel calls {@link ensure}, copies words into `words`, calls {@link reset} with the item's bounds,
 * lets a codec decode, and calls {@link trim}. Every read is checked against `end`: bytes that claim more
 * than there is throw `QueueCodecError`, and nothing is allocated on the strength of a claim alone.
 */
export class ByteReader {
  /** Every byte of the scratch; replaced by {@link ensure} when it grows. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as 32-bit words. */
  words: Int32Array<ArrayBuffer>;
  /** Next byte to read. */
  position = 0;
  /** First byte after the item. */
  end = 0;
  #view: DataView<ArrayBuffer>;

  constructor() {
    const buffer = new ArrayBuffer(INITIAL_CAPACITY);
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Sets the bounds of the next item, in bytes. */
  reset(position: number, end: number): void {
    this.position = position;
    this.end = end;
  }

  /** Makes the scratch at least `count` bytes long, whole words. What it held is lost if it has to grow. */
  ensure(count: number): void {
    if (count <= this.bytes.length) return;
    this.#use(new ArrayBuffer(Math.max(this.bytes.length * 2, Math.ceil(count / 8) * 8)));
  }

  /** Lets go of the memory if an item made the scratch huge. */
  trim(): void {
    if (this.bytes.length > KEPT_CAPACITY) this.#use(new ArrayBuffer(INITIAL_CAPACITY));
  }

  /** Bytes of the item that are still to be read. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** Steps over `count` bytes and returns the position of the first. */
  take(count: number): number {
    const start = this.position;
    if (start + count > this.end) throw this.truncated(count);
    this.position = start + count;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  int32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.take(8), true);
  }

  bigInt64(): bigint {
    return this.#view.getBigInt64(this.take(8), true);
  }

  /** Reads what `ByteWriter.count` wrote. Says nothing about whether that much follows. */
  count(): number {
    const first = this.byte();
    if (first < 0xfe) return first;
    if (first === 0xfe) return this.int32() >>> 0;
    const value = this.float64();
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new QueueCodecError(`The item's bytes are corrupt: ${value} is not a length.`);
    }
    return value;
  }

  /** Reads a number of things that take at least `size` bytes each, all of which must follow. */
  countOf(size: number): number {
    const count = this.count();
    if (count * size > this.end - this.position) throw this.truncated(count * size);
    return count;
  }

  /** A copy of the next `count` bytes. */
  blob(count: number): Uint8Array<ArrayBuffer> {
    const at = this.take(count);
    return this.bytes.slice(at, at + count);
  }

  /** The error for bytes that claim `wanted` more bytes than the item has. */
  truncated(wanted: number): QueueCodecError {
    return new QueueCodecError(
      `The item's bytes are corrupt: ${wanted} more bytes are claimed at byte ${this.position}, ` +
        `but the item ends at byte ${this.end}. Do all threads use the same codec?`,
    );
  }

  #use(buffer: ArrayBuffer): void {
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.#view = new DataView(buffer);
  }
}
