import { BIG_BLOB } from './big-blob.ts';
import { ItemTooLarge } from './item-too-large.ts';

const INITIAL_CAPACITY = 1024;
/** A scratch up to this size is kept between items; beyond it, growing again costs little beside the copy. */
const KEPT_CAPACITY = 4 * 1024 * 1024;

/** The last bytes of a scratch that have not been copied into it: they still lie where they came from. */
export interface Tail<B extends ArrayBufferLike = ArrayBufferLike> {
  /** Where they belong, in bytes from the beginning of the scratch. */
  readonly start: number;
  readonly bytes: Uint8Array<B>;
}

/**
 * A thread's private, growable scratch that items are encoded into.
 *
 * The kernel calls {@link reset}, lets a codec encode, copies `words` into shared memory under the lock and
 * calls {@link reset} again. Lengths are in bytes. Numbers are stored in the machine's own byte order where
 * bytes are copied whole (typed arrays) and little-endian elsewhere: the bytes never leave the machine.
 */
export class ByteWriter {
  /** Every byte of the scratch; replaced when the scratch grows, so never hold on to it across a write. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as 32-bit words. The last word of an item may contain stale bytes beyond `length`. */
  words: Int32Array<ArrayBuffer>;
  /** Bytes written so far, a {@link tail} included. Set it back to drop what was written since. */
  length = 0;
  /** What {@link blob} left where it is. */
  tail: Tail | undefined;
  /** Where the item that is being written begins; for callers that write several before they {@link reset}. */
  start = 0;
  readonly #leavesTail: boolean;
  readonly #mostBytes: (() => number) | undefined;
  #view: DataView<ArrayBuffer>;
  /** Bytes that can be written without looking further; 0 while there is a tail, which then has to be copied first. */
  #room = INITIAL_CAPACITY;

  /**
   * @param leavesTail whether a big blob at the very end may stay where it is, as {@link tail}. For callers that
   *   copy it from there before anyone can change it.
   * @param mostBytes how long an item may be: a big blob is not copied for one that is longer, which may be too long for
   *   any scratch. Asked when such a copy is due
   */
  constructor(leavesTail = false, mostBytes?: () => number) {
    this.#leavesTail = leavesTail;
    this.#mostBytes = mostBytes;
    const buffer = new ArrayBuffer(INITIAL_CAPACITY);
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Empties the scratch, and lets go of the memory if an item made it huge. */
  reset(): void {
    this.length = 0;
    this.#dropTail();
    if (this.bytes.length > KEPT_CAPACITY) this.#use(new ArrayBuffer(INITIAL_CAPACITY));
  }

  /** Makes room for `count` more bytes, counts them as written and returns the position of the first. */
  reserve(count: number): number {
    const start = this.length;
    const end = start + count;
    if (end > this.#room) this.#makeRoom(end);
    this.length = end;
    return start;
  }

  /** Writes one byte. */
  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** Writes four bytes. */
  int32(value: number): void {
    const at = this.reserve(4);
    this.#view.setInt32(at, value, true);
  }

  /** Writes eight bytes. */
  float64(value: number): void {
    const at = this.reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Writes eight bytes. */
  bigInt64(value: bigint): void {
    const at = this.reserve(8);
    this.#view.setBigInt64(at, value, true);
  }

  /** Writes a non-negative integer of up to 53 bits: one byte below 254, else a mark and 4 or 8 bytes. */
  count(value: number): void {
    if (value < 0xfe) {
      this.byte(value);
    } else if (value <= 0xffffffff) {
      this.wideCount(value);
    } else {
      this.byte(0xff);
      this.float64(value);
    }
  }

  /** Writes a count below 2³² in the form that takes 5 bytes, for one that is known only afterwards. */
  wideCount(value: number): void {
    this.byte(0xfe);
    this.int32(value | 0);
  }

  /** Writes bytes as they are. */
  blob(source: Uint8Array): void {
    if (this.#leavesTail && source.length >= BIG_BLOB) {
      const start = this.reserve(0);
      // Of fixed length, should the buffer grow meanwhile.
      this.tail = { start, bytes: new Uint8Array(source.buffer, source.byteOffset, source.length) };
      this.length = start + source.length;
      this.#room = 0;
      return;
    }
    const at = this.reserve(source.length);
    this.bytes.set(source, at);
  }

  /**
   * Copies the {@link tail}, if there is one. Due before any code of a user's runs that could change it.
   *
   * @throws ItemTooLarge when the item is too long to be copied, as does every write behind a tail
   */
  complete(): void {
    if (this.tail !== undefined) this.#makeRoom(this.length);
  }

  /**
   * Writes bytes of no meaning, and before them their number in one byte, so that what is written next lies at a
   * multiple of 8 in the scratch: for an item that is put by itself, in shared memory too.
   */
  padding(): void {
    const count = -(this.length + 1) & 7;
    this.byte(count);
    const at = this.reserve(count);
    this.bytes.fill(0, at, at + count);
  }

  /** Fills the last word up with bytes of no meaning. */
  pad(): void {
    // The capacity is a multiple of words, so the padding always has its place.
    this.length += -this.length & 3;
  }

  #makeRoom(end: number): void {
    const { tail } = this;
    // A tail that was dropped with what it belonged to, by setting the length back.
    const keeps = tail !== undefined && this.length >= tail.start + tail.bytes.length;
    // Not by `end`, which may be more than is written in the end.
    if (keeps) this.#checkSize(tail.start + tail.bytes.length - this.start);
    const written = keeps ? tail.start : this.length;
    this.#dropTail();
    const needed = Math.max(end, this.length);
    if (needed > this.bytes.length) this.#grow(needed, written);
    if (keeps) this.bytes.set(tail.bytes, tail.start);
  }

  #checkSize(bytes: number): void {
    if (this.#mostBytes !== undefined && bytes > this.#mostBytes()) throw new ItemTooLarge(bytes);
  }

  #dropTail(): void {
    this.tail = undefined;
    this.#room = this.bytes.length;
  }

  #grow(needed: number, written: number): void {
    const old = this.bytes.subarray(0, written);
    // Doubling makes a series of small writes linear; whole multiples of 8 keep `words` over all of it.
    const capacity = Math.max(this.bytes.length * 2, Math.ceil(needed / 8) * 8);
    this.#use(new ArrayBuffer(capacity));
    this.bytes.set(old);
  }

  #use(buffer: ArrayBuffer): void {
    this.#room = buffer.byteLength;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.#view = new DataView(buffer);
  }
}
