import { FIRST_RUN, REACH, SLAB_CLASSES, SLABS } from '../layout.ts';
import type { Pages } from '../pages.ts';
import { FREE, LINK, STATE } from './block.ts';
import { classOf, sizeOf } from './size-class.ts';

/**
 * Blocks that are freed in any order. They lie in runs of pages: a page of small blocks of one size (a slab), or
 * as many pages as one large block needs. All runs are in one chain.
 *
 * ```text
 *   run   NEXT       the chain; one store puts a run into it or takes it out     true
 *         LENGTH     words, this header included                                 true
 *         SIZE       words of each block                                         true
 *         CARVED     blocks that were ever in use; what lies behind is garbage   true
 *         PREVIOUS   the chain backwards
 *         VACANT     list of its free blocks
 *         USED       blocks in use
 *         NEXT_OPEN, PREVIOUS_OPEN   the slabs of this size that have a free block
 * ```
 *
 * Invariants
 * - Which blocks are in use is in their state words. All that is not marked true is derived from the chain and
 *   those words, and derived again after a death ({@link rebuild}).
 * - A slab without a block in use goes back, unless it is the only one of its size with a free block: so a queue
 *   that keeps running empty does not keep asking for a page. Such a slab goes back as soon as memory is short.
 *
 * Under the lock of the queue.
 */
const NEXT = 0;
const LENGTH = 1;
const SIZE = 2;
const CARVED = 3;
const PREVIOUS = 4;
const VACANT = 5;
const USED = 6;
const NEXT_OPEN = 7;
const PREVIOUS_OPEN = 8;
export const RUN_HEADER = 10;

/** The blocks of one queue, as seen by one thread. */
export class BlockHeap {
  readonly #pages: Pages;
  readonly #header: Int32Array;
  /** Words of a slab that blocks may take up. */
  readonly #payload: number;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#header = pages.header;
    this.#payload = pages.pageWords - RUN_HEADER;
  }

  /** Most words that a block may have in this memory. */
  get largest(): number {
    return this.#pages.limitWords - RUN_HEADER;
  }

  /**
   * Gives out a block of at least `words` words, which stays FREE until its state says otherwise.
   *
   * @returns its index, or 0 when there is no room for now
   */
  allocate(words: number): number {
    const large = words * 2 > this.#payload;
    const sizeClass = large ? -1 : classOf(words, this.#payload);
    const open = large ? 0 : this.#header[SLABS + sizeClass]!;
    if (open !== 0) return this.#allocateIn(open, sizeClass);
    const size = large ? words : sizeOf(sizeClass, this.#payload);
    let run = this.#createRun(size, large ? words : this.#payload);
    if (run === 0 && this.reclaim()) run = this.#createRun(size, large ? words : this.#payload);
    if (run === 0) return 0;
    if (large) return this.#carve(run);
    this.#open(run, sizeClass);
    return this.#allocateIn(run, sizeClass);
  }

  /** Takes a block back. Its first store is the state word. */
  free(block: number): void {
    const header = this.#header;
    const words = this.#pages.words;
    words[block + STATE] = FREE;
    const run = this.#pages.pageOf(block);
    if (this.#isLarge(run)) {
      this.#release(run);
      return;
    }
    const wasOpen = this.#hasRoom(run);
    const used = words[run + USED]! - 1;
    words[run + USED] = used;
    words[block + LINK] = words[run + VACANT]!;
    words[run + VACANT] = block;
    const sizeClass = classOf(words[run + SIZE]!, this.#payload);
    const first = header[SLABS + sizeClass]!;
    if (!wasOpen) {
      this.#open(run, sizeClass);
      if (first !== 0 && words[first + USED] === 0) this.#closeAndRelease(first, sizeClass);
    } else if (used === 0 && (first !== run || words[run + NEXT_OPEN] !== 0)) {
      this.#closeAndRelease(run, sizeClass);
    }
  }

  /** Gives back the slabs that are kept for later; returns whether there was one. */
  reclaim(): boolean {
    let any = false;
    for (let sizeClass = 0; sizeClass < SLAB_CLASSES; sizeClass++) {
      const slab = this.#header[SLABS + sizeClass]!;
      if (slab === 0 || this.#pages.words[slab + USED] !== 0) continue;
      this.#closeAndRelease(slab, sizeClass);
      any = true;
    }
    return any;
  }

  /**
   * After a death: derives all that is derived. Calls `keep` with each block that may be in use; those for which it
   * says false are freed.
   */
  rebuild(keep: (block: number) => boolean): void {
    const header = this.#header;
    const pages = this.#pages;
    const words = pages.words;
    pages.freeAll();
    header.fill(0, SLABS, SLABS + SLAB_CLASSES);
    let previous = 0;
    let run = header[FIRST_RUN]!;
    while (run !== 0) {
      const next = words[run + NEXT]!;
      const used = this.#recount(run, keep);
      if (used === 0) {
        // Nothing but this store: its pages are not marked as in use.
        if (previous === 0) Atomics.store(header, FIRST_RUN, next);
        else Atomics.store(words, previous + NEXT, next);
      } else {
        pages.occupy(run, words[run + LENGTH]!);
        words[run + PREVIOUS] = previous;
        if (!this.#isLarge(run) && this.#hasRoom(run)) {
          this.#open(run, classOf(words[run + SIZE]!, this.#payload));
        }
        previous = run;
      }
      run = next;
    }
  }

  /** Visits each block that is in use. */
  forEach(visit: (block: number) => void): void {
    const words = this.#pages.words;
    for (let run = this.#header[FIRST_RUN]!; run !== 0; run = words[run + NEXT]!) {
      const size = words[run + SIZE]!;
      const end = run + RUN_HEADER + words[run + CARVED]! * size;
      for (let block = run + RUN_HEADER; block < end; block += size) {
        if (words[block + STATE] !== FREE) visit(block);
      }
    }
  }

  #recount(run: number, keep: (block: number) => boolean): number {
    const words = this.#pages.words;
    const size = words[run + SIZE]!;
    const end = run + RUN_HEADER + words[run + CARVED]! * size;
    let vacant = 0;
    let used = 0;
    for (let block = run + RUN_HEADER; block < end; block += size) {
      if (words[block + STATE] !== FREE && keep(block)) {
        used++;
      } else {
        words[block + STATE] = FREE;
        words[block + LINK] = vacant;
        vacant = block;
      }
    }
    words[run + VACANT] = vacant;
    words[run + USED] = used;
    return used;
  }

  #isLarge(run: number): boolean {
    return this.#pages.words[run + SIZE]! * 2 > this.#payload;
  }

  #hasRoom(run: number): boolean {
    const words = this.#pages.words;
    return words[run + VACANT] !== 0 || (words[run + CARVED]! + 1) * words[run + SIZE]! <= this.#payload;
  }

  #allocateIn(slab: number, sizeClass: number): number {
    const words = this.#pages.words;
    let block = words[slab + VACANT]!;
    if (block === 0) block = this.#carve(slab);
    else {
      words[slab + VACANT] = words[block + LINK]!;
      words[slab + USED] = words[slab + USED]! + 1;
    }
    if (!this.#hasRoom(slab)) this.#close(slab, sizeClass);
    return block;
  }

  #carve(run: number): number {
    const words = this.#pages.words;
    const carved = words[run + CARVED]!;
    const block = run + RUN_HEADER + carved * words[run + SIZE]!;
    // The state first: recovery believes it from the next store on.
    words[block + STATE] = FREE;
    words[run + CARVED] = carved + 1;
    words[run + USED] = words[run + USED]! + 1;
    return block;
  }

  #createRun(size: number, payload: number): number {
    const header = this.#header;
    const run = this.#pages.allocate(RUN_HEADER + payload, 0);
    if (run === 0) return 0;
    const words = this.#pages.words;
    const length = this.#pages.runLength(RUN_HEADER + payload);
    const first = header[FIRST_RUN]!;
    words.fill(0, run, run + RUN_HEADER);
    words[run + NEXT] = first;
    words[run + LENGTH] = length;
    words[run + SIZE] = size;
    if (run + length > header[REACH]!) header[REACH] = run + length;
    Atomics.store(header, FIRST_RUN, run);
    if (first !== 0) words[first + PREVIOUS] = run;
    return run;
  }

  #release(run: number): void {
    const words = this.#pages.words;
    const next = words[run + NEXT]!;
    const previous = words[run + PREVIOUS]!;
    if (previous === 0) Atomics.store(this.#header, FIRST_RUN, next);
    else Atomics.store(words, previous + NEXT, next);
    if (next !== 0) words[next + PREVIOUS] = previous;
    this.#pages.free(run, words[run + LENGTH]!);
  }

  #closeAndRelease(slab: number, sizeClass: number): void {
    this.#close(slab, sizeClass);
    this.#release(slab);
  }

  #open(slab: number, sizeClass: number): void {
    const words = this.#pages.words;
    const first = this.#header[SLABS + sizeClass]!;
    words[slab + NEXT_OPEN] = first;
    words[slab + PREVIOUS_OPEN] = 0;
    if (first !== 0) words[first + PREVIOUS_OPEN] = slab;
    this.#header[SLABS + sizeClass] = slab;
  }

  #close(slab: number, sizeClass: number): void {
    const words = this.#pages.words;
    const next = words[slab + NEXT_OPEN]!;
    const previous = words[slab + PREVIOUS_OPEN]!;
    if (previous === 0) this.#header[SLABS + sizeClass] = next;
    else words[previous + NEXT_OPEN] = next;
    if (next !== 0) words[next + PREVIOUS_OPEN] = previous;
  }
}
