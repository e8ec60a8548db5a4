import type { ThreadIdentity } from '@pkg/sync/kernel';
import type { Holders } from '../holders.ts';
import {
  DISCARDED,
  FLAGS,
  MAX_DELIVERIES,
  RETURNED,
  RETURNED_FIRST,
  RETURNED_LAST,
  ROW_FIRST,
  TAKES,
} from '../layout.ts';
import type { Pages } from '../pages.ts';
import { LEASED, type Segments } from './segments.ts';

/**
 * Items that were taken and are not done, with redelivery. A record says itself what became of it, in one
 * word, so each change of fate is one store:
 *
 * ```text
 *   STATE    QUEUED 0 -> leased by thread id > 0 -> DONE
 *                              ^  |
 *                              |  v  its thread died
 *                   returned, after n deliveries: RETURNED_BASE - n
 *                              |
 *                              v  after MAX_DELIVERIES
 *                            DEAD_LETTER
 *   LINK     next in the list that it is on: of its thread's leases, or of the returned
 *   RETURNS  how often it came back so far
 *   SEGMENT  the segment that it lies in
 *   TAKEN    while leased: which take it was, so that a thread's leases keep their order
 * ```
 *
 * After a shutdown that discards, what would be returned is done instead.
 * The lists, the counts of leases per segment and the number done are derived from the states.
 * Everything here happens under the lock of the get side.
 */
const STATE = 1;
const LINK = 2;
const RETURNS = 3;
const SEGMENT = 4;
const TAKEN = 5;

/** Words of a record before the item. */
export const LEASE_HEADER = 6;

const DONE = -1;
const DEAD_LETTER = -2;
const RETURNED_BASE = -16;

/** Leases of one queue, as seen by one thread. */
export class Leases {
  readonly #pages: Pages;
  readonly #header: Int32Array;
  readonly #holders: Holders;
  readonly #self: ThreadIdentity;
  readonly #segments: Segments;

  constructor(pages: Pages, segments: Segments, holders: Holders, self: ThreadIdentity) {
    this.#pages = pages;
    this.#header = pages.header;
    this.#segments = segments;
    this.#holders = holders;
    this.#self = self;
  }

  /** Marks a queued record as taken by this thread. Takes effect when GETS is stored. */
  leaseQueued(record: number, segment: number): void {
    const words = this.#pages.words;
    words[record + LINK] = 0;
    words[record + RETURNS] = 0;
    words[record + SEGMENT] = segment;
    words[record + TAKEN] = this.#nextTake();
    words[record + STATE] = this.#self.id;
  }

  /** After GETS was stored: puts it on this thread's list. */
  noteLease(record: number, segment: number): void {
    const words = this.#pages.words;
    Atomics.store(words, segment + LEASED, words[segment + LEASED]! + 1);
    this.#holders.append(this.#holders.mine, this.#self.id, record, words, LINK);
  }

  /** The record to be delivered again first, or 0. */
  get firstReturned(): number {
    return this.#header[RETURNED_FIRST]!;
  }

  /** Leases the first returned record to this thread. */
  leaseReturned(): void {
    const words = this.#pages.words;
    const header = this.#header;
    const record = header[RETURNED_FIRST]!;
    const next = words[record + LINK]!;
    words[record + RETURNS] = RETURNED_BASE - words[record + STATE]!;
    words[record + TAKEN] = this.#nextTake();
    words[record + STATE] = this.#self.id;
    header[RETURNED_FIRST] = next;
    if (next === 0) header[RETURNED_LAST] = 0;
    Atomics.store(header, RETURNED, header[RETURNED]! - 1);
    words[record + LINK] = 0;
    this.#holders.append(this.#holders.mine, this.#self.id, record, words, LINK);
  }

  /**
   * Settles one lease: the oldest of this thread, else the oldest of another one.
   *
   * @returns whether its segment has become free of leases; undefined when there is no lease at all
   */
  settleOne(): boolean | undefined {
    const row = this.#holders.rowWithLease();
    if (row === 0) return undefined;
    const record = this.#header[row + ROW_FIRST]!;
    // Its segment begins before it, and so does whatever else is read here.
    this.#pages.reach(record + LEASE_HEADER);
    const words = this.#pages.words;
    const next = words[record + LINK]!;
    words[record + STATE] = DONE;
    this.#holders.removeFirst(row, next);
    const segment = words[record + SEGMENT]!;
    const left = words[segment + LEASED]! - 1;
    Atomics.store(words, segment + LEASED, left);
    return left === 0;
  }

  /**
   * Under both locks, after a death: returns what the dead held and derives all that is derived.
   *
   * @returns how many records are leased or returned, that is, taken and not done
   */
  recover(): number {
    const header = this.#header;
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    const words = this.#pages.words;
    this.#holders.clear();
    header[RETURNED_FIRST] = 0;
    header[RETURNED_LAST] = 0;
    const discarded = (header[FLAGS]! & DISCARDED) !== 0;
    let returned = 0;
    let open = 0;
    let current = 0;
    let kept = 0;
    this.#segments.forEachTaken((record, segment) => {
      if (segment !== current) {
        if (current !== 0) Atomics.store(words, current + LEASED, kept);
        current = segment;
        kept = 0;
      }
      let state = words[record + STATE]!;
      if (state <= RETURNED_BASE && discarded) {
        state = DONE;
        words[record + STATE] = state;
      }
      if (state > 0 && !this.#self.table.isAlive(state)) {
        const deliveries = words[record + RETURNS]! + 1;
        state = discarded
          ? DONE
          : deliveries >= header[MAX_DELIVERIES]!
            ? DEAD_LETTER
            : RETURNED_BASE - deliveries;
        words[record + STATE] = state;
      }
      if (state === DONE) return;
      kept++;
      if (state === DEAD_LETTER) return;
      open++;
      words[record + LINK] = 0;
      if (state > 0) {
        this.#holders.insert(this.#holders.rowOf(state), state, record, words, LINK, TAKEN);
        return;
      }
      const last = header[RETURNED_LAST]!;
      if (last === 0) header[RETURNED_FIRST] = record;
      else words[last + LINK] = record;
      header[RETURNED_LAST] = record;
      returned++;
    });
    if (current !== 0) Atomics.store(words, current + LEASED, kept);
    Atomics.store(header, RETURNED, returned);
    return open;
  }

  #nextTake(): number {
    const take = this.#header[TAKES]!;
    this.#header[TAKES] = (take + 1) | 0;
    return take;
  }

  /** Under both locks: visits the records that were delivered too often. */
  forEachDeadLetter(visit: (record: number) => void): void {
    const words = this.#pages.words;
    this.#segments.forEachTaken((record) => {
      if (words[record + STATE] === DEAD_LETTER) visit(record);
    });
  }
}
