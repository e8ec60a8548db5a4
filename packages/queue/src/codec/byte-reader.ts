import { copyBytes } from '../copy-bytes.ts';
import { copyWords } from '../copy-words.ts';
import { BIG_BLOB } from './big-blob.ts';
import type { Tail } from './byte-writer.ts';
import type { FindTrailingBlob } from './find-trailing-blob.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { rawBytes } from './raw-bytes.ts';

const INITIAL_CAPACITY = 1024;
/** A scratch up to this size is kept between items. */
const KEPT_CAPACITY = 4 * 1024 * 1024;

/**
 * A thread's private scratch that the kernel copies stored items into, and that codecs decode from.
 *
 * The kernel copies frames to the front of `words`, calls {@link reset} with an item's bounds, lets a codec decode, and
 * calls {@link trim}. Copying happens under a lock, making room for it does not: the kernel notes by {@link want} what
 * is missing, and calls {@link makeRoom} when it has let go of the lock. Every read is checked against `end`: bytes that
 * claim more than there is throw `QueueCodecError`, and nothing is allocated on the strength of a claim alone.
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
  readonly #findTrailingBlob: FindTrailingBlob | undefined;
  readonly #smallestTail: number;
  /** The end of the item, where it was not copied into the scratch but to where it is to stay. */
  #tail: Tail<ArrayBuffer> | undefined;
  /** Memory for the next tail. */
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #wanted = 0;
  #wantedTail = 0;

  /**
   * @param findTrailingBlob of the codec that will decode, if it has any
   * @param smallestTail bytes; tests make it small
   */
  constructor(findTrailingBlob?: FindTrailingBlob, smallestTail = BIG_BLOB) {
    this.#findTrailingBlob = findTrailingBlob;
    this.#smallestTail = smallestTail;
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

  /** Notes that the next frame needs a scratch of `count` bytes. */
  want(count: number): void {
    this.#wanted = count;
    this.#wantedTail = 0;
  }

  /** Makes the room that was noted. */
  makeRoom(): void {
    this.ensure(this.#wanted);
    const tail = this.#wantedTail;
    if (tail > 0) this.#spare = rawBytes(tail);
  }

  /**
   * Copies the frame at word `at` of `words` to the front of the scratch, except for a big blob at its end, if it has
   * one: that is copied to where the receiver will have it.
   *
   * @param bytes the same memory as `words`
   * @param header words of the frame before the item
   * @returns false when there is no room for it, which has been noted
   */
  copyFrame(words: Int32Array, bytes: Uint8Array, at: number, header: number): boolean {
    const start = (at + header) * 4;
    const length = words[at]!;
    const end = start + length;
    const blob = length < this.#smallestTail ? 0 : (this.#findTrailingBlob?.(bytes, start, end) ?? 0);
    const spare = this.#spare;
    // When the item that room was made for is gone, this one is copied whole: room for a blob fits no other one, and there
    // could be yet another item every time.
    const tail = blob < this.#smallestTail || (spare !== undefined && spare.length !== blob) ? 0 : blob;
    const head = end - tail - at * 4;
    if (head > this.bytes.length || (tail > 0 && spare === undefined)) {
      this.#wanted = head;
      this.#wantedTail = tail;
      return false;
    }
    copyWords(words, at, at + ((head + 3) >>> 2), this.words, 0);
    if (tail > 0 && spare !== undefined) {
      copyBytes(bytes, end - tail, end, spare, 0);
      this.#tail = { start: head, bytes: spare };
      this.#spare = undefined;
    }
    return true;
  }

  /** Lets go of the memory if an item made the scratch huge, and of what was not read. */
  trim(): void {
    this.#tail = undefined;
    this.#spare = undefined;
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

  /** Steps over what `ByteWriter.padding` wrote. */
  padding(): void {
    const count = this.byte();
    if (count > 7) {
      throw new QueueCodecError(`The item's bytes are corrupt: ${count} bytes of padding are never needed.`);
    }
    this.take(count);
  }

  /** The next `count` bytes, in memory of their own. */
  blob(count: number): Uint8Array<ArrayBuffer> {
    const at = this.take(count);
    const tail = this.#tail;
    // It stays known until `trim`: a decoder that begins an item anew comes to it a second time.
    if (tail !== undefined && at === tail.start && count === tail.bytes.length) return tail.bytes;
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
