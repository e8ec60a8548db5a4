import {
  GETS,
  HEAD,
  HEAD_LIMIT,
  HEAD_SEGMENT,
  KNOWN_PUTS,
  OLDEST_SEGMENT,
  PUTS,
  TAIL,
  TAIL_LIMIT,
  TAIL_SEGMENT,
  TRACK_LEASES,
  TRACKING,
} from '../layout.ts';
import type { Pages } from '../pages.ts';

/**
 * A FIFO queue's items lie in a chain of segments, runs of pages, and are read in the order in which they
 * were written:
 *
 * ```text
 *   OLDEST_SEGMENT         HEAD_SEGMENT                        TAIL_SEGMENT
 *   [ taken, but held ] -> [ taken | queued ...... SEAL ] ->   [ queued ... | free ]
 *                                  ^ HEAD                                   ^ TAIL
 *   segment   NEXT  FIRST  LENGTH  COUNT  LEASED  -  -  -  records ...
 *             NEXT    the segment behind it, 0 for the last          put side
 *             FIRST   number of its first record: PUTS at that time  put side
 *             LENGTH  words, this header included                    put side
 *             COUNT   records in it, once it is sealed               put side
 *             LEASED  records that are still needed after they were taken     get side; put side reads
 *   record    bytes of the item (SEAL: no more records here), then the words of leases, then the item
 * ```
 *
 * The put side alone changes the chain: it appends, and it takes out what lies before HEAD_SEGMENT and has no
 * lease. So freed memory flows back a segment at a time, and the sides meet once per segment.
 */

const NEXT = 0;
const FIRST = 1;
const LENGTH = 2;
const COUNT = 3;
export const LEASED = 4;
export const SEGMENT_HEADER = 8;

/** In place of a record's length: the segment has no more records. */
export const SEAL = -1;

/** The chain of segments of one queue, as seen by one thread. */
export class Segments {
  readonly #pages: Pages;
  readonly #header: Int32Array;
  /** Words before the item in a record. */
  readonly recordHeader: number;
  readonly #leases: boolean;

  constructor(pages: Pages, recordHeader: number) {
    this.#pages = pages;
    this.#header = pages.header;
    this.recordHeader = recordHeader;
    this.#leases = pages.header[TRACKING] === TRACK_LEASES;
  }

  /** Words of the record at `at`. */
  recordWords(at: number): number {
    return this.recordHeader + ((this.#pages.words[at]! + 3) >>> 2);
  }

  /** Lays the first segment into new memory. */
  createFirst(): void {
    const segment = this.#allocate(SEGMENT_HEADER + 1, 0);
    const header = this.#header;
    header[OLDEST_SEGMENT] = segment;
    Atomics.store(header, HEAD_SEGMENT, segment);
    this.#useTail(segment, segment + SEGMENT_HEADER);
    header[HEAD] = segment + SEGMENT_HEADER;
    header[HEAD_LIMIT] = header[TAIL_LIMIT]!;
  }

  /**
   * Put side: begins a new segment for a record of `words` words, number `first`.
   *
   * @returns false when there is no memory for now
   */
  appendSegment(words: number, first: number): boolean {
    const segment = this.#allocate(SEGMENT_HEADER + words, first);
    if (segment === 0) return false;
    const header = this.#header;
    const shared = this.#pages.words;
    const old = header[TAIL_SEGMENT]!;
    const tail = header[TAIL]!;
    shared[old + COUNT] = (first - shared[old + FIRST]!) | 0;
    if (tail < header[TAIL_LIMIT]!) shared[tail] = SEAL;
    // The get side follows NEXT only after it has seen a PUTS beyond this segment's end.
    shared[old + NEXT] = segment;
    this.#useTail(segment, segment + SEGMENT_HEADER);
    return true;
  }

  /** Get side: goes on to the next segment, when PUTS says that there is one. */
  advanceHead(): void {
    const header = this.#header;
    const next = this.#pages.words[header[HEAD_SEGMENT]! + NEXT]!;
    this.#pages.reach(next + SEGMENT_HEADER);
    const limit = next + this.#pages.words[next + LENGTH]!;
    this.#pages.reach(limit);
    // After this store the put side may use the segment that was left for something else.
    Atomics.store(header, HEAD_SEGMENT, next);
    header[HEAD] = next + SEGMENT_HEADER;
    header[HEAD_LIMIT] = limit;
  }

  /** Put side: after a death, derives TAIL and the pages in use from PUTS and the chain. */
  deriveTail(): void {
    const header = this.#header;
    const puts = Atomics.load(header, PUTS);
    const pages = this.#pages;
    pages.reach(pages.memory.byteLength >>> 2);
    const words = pages.words;
    pages.freeAll();
    let segment = header[OLDEST_SEGMENT]!;
    // Those up to the head's are committed. Leases and dead letters may have kept them for more than 2^31 puts, so that
    // their numbers tell nothing.
    const head = Atomics.load(header, HEAD_SEGMENT);
    let isKnown = true;
    for (;;) {
      pages.occupy(segment, words[segment + LENGTH]!);
      const next = words[segment + NEXT]!;
      if (segment === head) isKnown = false;
      if (isKnown) {
        segment = next;
        continue;
      }
      // Segments whose first record was never committed may follow. Nobody has gone on to them: they are given back, or
      // this one would stay in use until there is another item.
      if (next === 0 || ((words[next + FIRST]! - puts) | 0) >= 0) break;
      segment = next;
    }
    words[segment + NEXT] = 0;
    let at = segment + SEGMENT_HEADER;
    for (let n = (puts - words[segment + FIRST]!) | 0; n > 0; n--) at += this.recordWords(at);
    this.#useTail(segment, at);
  }

  /** Get side: after a death, derives HEAD from GETS and HEAD_SEGMENT. */
  deriveHead(): void {
    const header = this.#header;
    const segment = Atomics.load(header, HEAD_SEGMENT);
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    const words = this.#pages.words;
    let at = segment + SEGMENT_HEADER;
    for (let n = (Atomics.load(header, GETS) - words[segment + FIRST]!) | 0; n > 0; n--) {
      at += this.recordWords(at);
    }
    header[HEAD] = at;
    header[HEAD_LIMIT] = segment + words[segment + LENGTH]!;
    header[KNOWN_PUTS] = Atomics.load(header, PUTS);
  }

  /** Both sides: calls `visit` with each record before GETS that lies in memory, and its segment. */
  forEachTaken(visit: (record: number, segment: number) => void): void {
    const words = this.#pages.words;
    const gets = Atomics.load(this.#header, GETS);
    const head = Atomics.load(this.#header, HEAD_SEGMENT);
    for (let segment = this.#header[OLDEST_SEGMENT]!; ; segment = words[segment + NEXT]!) {
      const last = segment === head;
      const count = last ? (gets - words[segment + FIRST]!) | 0 : words[segment + COUNT]!;
      let at = segment + SEGMENT_HEADER;
      for (let n = count; n > 0; n--) {
        const next = at + this.recordWords(at);
        visit(at, segment);
        at = next;
      }
      if (last) return;
    }
  }

  #useTail(segment: number, tail: number): void {
    const header = this.#header;
    header[TAIL_SEGMENT] = segment;
    header[TAIL] = tail;
    header[TAIL_LIMIT] = segment + this.#pages.words[segment + LENGTH]!;
  }

  #allocate(needed: number, first: number): number {
    this.reclaim();
    // The tail is left behind by this: it holds nothing for long, or what it holds is waited for.
    const tail = this.#header[TAIL_SEGMENT]!;
    const spare = tail === 0 ? 0 : this.#pages.words[tail + LENGTH]!;
    const segment = this.#pages.allocate(needed, spare);
    if (segment === 0) return 0;
    const words = this.#pages.words;
    words[segment + NEXT] = 0;
    words[segment + FIRST] = first;
    words[segment + LENGTH] = this.#pages.runLength(needed);
    words[segment + COUNT] = 0;
    Atomics.store(words, segment + LEASED, 0);
    return segment;
  }

  /** Put side: takes segments out of the chain that the get side has left and that no lease needs. */
  reclaim(): void {
    const header = this.#header;
    const head = Atomics.load(header, HEAD_SEGMENT);
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    const words = this.#pages.words;
    let before = 0;
    let segment = header[OLDEST_SEGMENT]!;
    while (segment !== head && segment !== 0) {
      const next = words[segment + NEXT]!;
      // No lease can come back to a segment that the get side has left: what it reads as 0 stays 0.
      if (this.#leases && Atomics.load(words, segment + LEASED) !== 0) before = segment;
      else {
        // One store takes it out; a death before `free` leaves pages that recovery finds unreachable.
        if (before === 0) header[OLDEST_SEGMENT] = next;
        else words[before + NEXT] = next;
        this.#pages.free(segment, words[segment + LENGTH]!);
      }
      segment = next;
    }
  }
}
