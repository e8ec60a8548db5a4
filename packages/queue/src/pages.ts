import type { Tail } from './codec/byte-writer.ts';
import { copyBytes } from './copy-bytes.ts';
import { copyWords } from './copy-words.ts';
import {
  type Geometry,
  headerWords,
  LIMIT_PAGES,
  MAX_PAGES,
  PAGE_BITS,
  PAGE_HINT,
  PAGE_WORDS,
  PAGES_IN_USE,
  ROWS,
} from './layout.ts';

/**
 * Pages of a queue's memory: runs of them are given out and taken back, and the memory grows when no run is
 * free. Called under the lock of the put side only (LIFO and priority: under their one lock). Which pages are in use is derived state: after a death,
 * recovery frees all and marks those that it can still reach.
 *
 * There are more pages to place runs in than may be in use (`PLACES_PER_PAGE`), and only those that were ever
 * in use take up memory: so one run that cannot be moved never keeps an item out of an otherwise empty queue.
 */
export class Pages {
  readonly memory: SharedArrayBuffer;
  /** Header and rows; never has to be renewed. */
  readonly header: Int32Array;
  /** All words up to the size that this thread last saw; see {@link reach}. */
  words: Int32Array;
  /** The same as bytes. */
  bytes: Uint8Array;
  readonly pageWords: number;
  readonly maxPages: number;
  readonly #start: number;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    const front = new Int32Array(memory, 0, PAGE_BITS);
    this.pageWords = front[PAGE_WORDS]!;
    this.maxPages = front[MAX_PAGES]!;
    const geometry: Geometry = { pageWords: this.pageWords, maxPages: this.maxPages, rows: front[ROWS]! };
    this.#start = headerWords(geometry);
    this.header = new Int32Array(memory, 0, this.#start);
    // A view of fixed length: one that follows a growable buffer costs three times as much per access.
    this.words = new Int32Array(memory, 0, memory.byteLength >>> 2);
    this.bytes = new Uint8Array(memory, 0, memory.byteLength);
  }

  /** The most that may be in use, in words. */
  get limitWords(): number {
    return this.header[LIMIT_PAGES]! * this.pageWords;
  }

  /** Bytes in use. */
  get inUse(): number {
    return Atomics.load(this.header, PAGES_IN_USE) * this.pageWords * 4;
  }

  /** Sees to it that the views of this thread reach word `limit`, which another thread may have grown to. */
  reach(limit: number): void {
    if (limit > this.words.length) this.#renew();
  }

  /** Copies words `from` to `end` of `source` to word `to`; the last bytes come from `tail`. */
  writeWithTail(source: Int32Array, from: number, end: number, to: number, tail: Tail): void {
    this.reach(to + end - from);
    copyWords(source, from, (tail.start + 3) >>> 2, this.words, to);
    copyBytes(tail.bytes, 0, tail.bytes.length, this.bytes, to * 4 + tail.start - from * 4);
  }

  /**
   * Gives out a run of at least `words` words.
   *
   * @param spare words in use that do not count against the limit
   * @returns index of its first word, or 0 when there is no room for now
   */
  allocate(words: number, spare: number): number {
    const count = Math.ceil(words / this.pageWords);
    const limit = this.header[LIMIT_PAGES]! + spare / this.pageWords;
    if (this.header[PAGES_IN_USE]! + count > limit) return 0;
    let first = this.#find(count, count === 1 ? this.header[PAGE_HINT]! : 0);
    if (first < 0 && count === 1) first = this.#find(1, 0);
    if (first < 0) return 0;
    if (!this.#commit(first + count)) return 0;
    this.#mark(first, count, true);
    this.header[PAGE_HINT] = first + count < this.maxPages ? first + count : 0;
    return this.#start + first * this.pageWords;
  }

  /** How many words a run of at least `words` words really has. */
  runLength(words: number): number {
    return Math.ceil(words / this.pageWords) * this.pageWords;
  }

  /** First word of the page that word `at` lies in. */
  pageOf(at: number): number {
    return at - ((at - this.#start) & (this.pageWords - 1));
  }

  /** Takes a run back. */
  free(start: number, words: number): void {
    const first = (start - this.#start) / this.pageWords;
    this.#mark(first, words / this.pageWords, false);
    // Low pages first, so that memory which was in use once is used again before the memory grows.
    if (first < this.header[PAGE_HINT]!) this.header[PAGE_HINT] = first;
  }

  /** Forgets which pages are in use; what is still reachable is to be marked by {@link occupy} next. */
  freeAll(): void {
    this.header.fill(0, PAGE_BITS, PAGE_BITS + Math.ceil(this.maxPages / 32));
    this.header[PAGE_HINT] = 0;
    Atomics.store(this.header, PAGES_IN_USE, 0);
  }

  /** Marks a run as in use. */
  occupy(start: number, words: number): void {
    this.#mark((start - this.#start) / this.pageWords, words / this.pageWords, true);
  }

  #find(count: number, from: number): number {
    let run = 0;
    for (let page = from; page < this.maxPages; page++) {
      const bits = this.header[PAGE_BITS + (page >>> 5)]!;
      if (run === 0 && bits === -1 && (page & 31) === 0) {
        page += 31;
        continue;
      }
      if ((bits & (1 << (page & 31))) !== 0) run = 0;
      else if (++run === count) return page - count + 1;
    }
    return -1;
  }

  #mark(first: number, count: number, used: boolean): void {
    for (let page = first; page < first + count; page++) {
      const at = PAGE_BITS + (page >>> 5);
      const bit = 1 << (page & 31);
      this.header[at] = used ? this.header[at]! | bit : this.header[at]! & ~bit;
    }
    Atomics.store(this.header, PAGES_IN_USE, this.header[PAGES_IN_USE]! + (used ? count : -count));
  }

  /** Makes sure that memory exists for the first `pages` pages. */
  #commit(pages: number): boolean {
    const bytes = (this.#start + pages * this.pageWords) * 4;
    if (bytes > this.memory.byteLength) {
      const memory = this.memory as SharedArrayBuffer & { maxByteLength: number; grow(bytes: number): void };
      const most = (this.#start + this.maxPages * this.pageWords) * 4;
      try {
        // Half as much again: few calls for the kernel, little memory in vain.
        memory.grow(Math.min(most, Math.max(bytes, Math.ceil((memory.byteLength * 1.5) / 65536) * 65536)));
      } catch {
        try {
          memory.grow(bytes);
        } catch {
          return false;
        }
      }
    }
    if (bytes > this.words.length * 4) this.#renew();
    return true;
  }

  #renew(): void {
    this.words = new Int32Array(this.memory, 0, this.memory.byteLength >>> 2);
    this.bytes = new Uint8Array(this.memory, 0, this.memory.byteLength);
  }
}
