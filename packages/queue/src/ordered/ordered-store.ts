import { EventCount, OwnerLock, type ThreadIdentity } from '@pkg/sync/kernel';
import { abandonHeldByTheDead } from '../abandon-held.ts';
import { BIG_BLOB } from '../codec/big-blob.ts';
import type { ByteReader } from '../codec/byte-reader.ts';
import type { Tail } from '../codec/byte-writer.ts';
import { copyWords } from '../copy-words.ts';
import { Holders } from '../holders.ts';
import type { ItemStore, Refusal } from '../item-store.ts';
import {
  ABANDONED,
  ALL_DONE,
  DISCARDED,
  EPOCH,
  FLAGS,
  GET_LOCK,
  GETS,
  HIGH_WATER,
  LEASE_ROOT,
  MAX_DELIVERIES,
  MAXSIZE,
  MEMORY_FREED,
  NOT_EMPTY,
  NOT_FULL,
  PUTS,
  REACH,
  RECOVERED_DEATHS,
  RETURNED,
  ROW_FIRST,
  ROW_WORDS,
  ROWS,
  rowsStart,
  SETTLED,
  SHUT_DOWN,
  TAKES,
  TRACK_LEASES,
  TRACKING,
} from '../layout.ts';
import type { Pages } from '../pages.ts';
import {
  DEAD_LETTER,
  FRAME,
  FREE,
  LINK,
  putBefore,
  QUEUED,
  RETURNED_BASE,
  RETURNS,
  SEQ_HIGH,
  SEQ_LOW,
  STATE,
  TAKEN,
} from './block.ts';
import { BlockHeap } from './block-heap.ts';
import type { ItemOrder } from './item-order.ts';
import { LeftistHeap } from './leftist-heap.ts';

const takenFirst = (words: Int32Array, a: number, b: number) =>
  ((words[a + TAKEN]! - words[b + TAKEN]!) | 0) < 0;

/**
 * Items that leave in another order than they came, each in a block of its own, under one lock.
 *
 * Invariants, whenever the lock is free
 * - What is true is in the blocks' state words, PUTS, FLAGS and, without redelivery, SETTLED and ABANDONED. A put
 *   writes its blocks, QUEUED and numbered from PUTS on, and then stores PUTS: that commits the whole batch, for a
 *   block with a number that PUTS has not reached does not count. A get commits each item by its state word.
 * - Whatever else there is (the order, the free blocks, the pages in use, the leases, GETS) is derived from that,
 *   and after a death under the lock derived again, by one walk over all blocks.
 * - GETS = PUTS - blocks that are QUEUED, unless what was queued is discarded: nothing is taken after that.
 * - The number of a put has 63 bits: PUTS, and above it EPOCH, which counts how often PUTS passed a multiple of
 *   2^31. EPOCH's lowest bit is PUTS' highest; where they differ, a death came between the two, or nobody has put
 *   anything since, and EPOCH is behind by one.
 */
export class OrderedStore implements ItemStore {
  readonly offerHeader: number;
  readonly takeHeader: number;
  acceptedWords = 0;
  refusal: Refusal = 'full';

  readonly #header: Int32Array;
  readonly #pages: Pages;
  readonly #blocks: BlockHeap;
  readonly #order: ItemOrder;
  readonly #holders: Holders;
  readonly #hasLeases: boolean;
  /** For recovery: leases of the living, to be put back in the order in which they were taken. */
  readonly #leases: LeftistHeap;
  readonly #lock: OwnerLock;
  readonly #notEmpty: EventCount;
  readonly #notFull: EventCount;
  readonly #allDone: EventCount;
  readonly #memoryFreed: EventCount;
  readonly #self: ThreadIdentity;
  /** Blocks of each kind that {@link #judge} has met. */
  #queuedMet = 0;
  #leasedMet = 0;
  #returnedMet = 0;

  constructor(pages: Pages, order: ItemOrder, self: ThreadIdentity, spins: number | undefined) {
    const header = pages.header;
    const rows = header[ROWS]!;
    this.#header = header;
    this.#pages = pages;
    this.#self = self;
    this.#order = order;
    this.offerHeader = order.frameHeader;
    this.takeHeader = order.frameHeader;
    this.#blocks = new BlockHeap(pages);
    this.#leases = new LeftistHeap(pages, LEASE_ROOT, takenFirst);
    this.#hasLeases = header[TRACKING] === TRACK_LEASES;
    const start = rowsStart({ pageWords: pages.pageWords, maxPages: pages.maxPages, rows });
    this.#holders = new Holders(header, start, rows, self);
    this.#lock = new OwnerLock(header, GET_LOCK, self, spins);
    this.#notEmpty = new EventCount(header, NOT_EMPTY, self);
    this.#notFull = new EventCount(header, NOT_FULL, self);
    this.#allDone = new EventCount(header, ALL_DONE, self);
    this.#memoryFreed = new EventCount(header, MEMORY_FREED, self);
  }

  get largestFrame(): number {
    return this.#blocks.largest - FRAME;
  }

  get recollection(): readonly unknown[] {
    return [this.#pages.words.length];
  }

  offer(source: Int32Array, from: number, _end: number, count: number, tail?: Tail): number {
    this.#acquire();
    const header = this.#header;
    if ((header[FLAGS]! & SHUT_DOWN) !== 0) return this.#refuse('shut-down');
    const before = this.#queued();
    const maxsize = header[MAXSIZE]!;
    const allowed = maxsize === 0 ? count : Math.min(count, maxsize - before);
    if (allowed <= 0) return this.#refuse('full');
    const puts = header[PUTS]!;
    this.#bringEpochUpToDate();
    let accepted = 0;
    let at = from;
    while (accepted < allowed) {
      const next = at + this.offerHeader + ((source[at]! + 3) >>> 2);
      if (!this.#insert(source, at, next, (puts + accepted) | 0, tail)) break;
      at = next;
      accepted++;
    }
    if (accepted === 0) return this.#refuse('no-memory');
    this.acceptedWords = at - from;
    if (before + accepted > header[HIGH_WATER]!) Atomics.store(header, HIGH_WATER, before + accepted);
    Atomics.store(header, PUTS, (puts + accepted) | 0);
    this.#lock.release();
    // Only a put onto an empty queue wakes a getter; a getter that was woken and leaves items wakes the next.
    if (before === 0 && this.#notEmpty.hasWaiters) this.#notEmpty.notify(accepted);
    return accepted;
  }

  take(reader: ByteReader, max: number): number {
    for (;;) {
      this.#acquire();
      const header = this.#header;
      const before = this.#queued();
      const taken = this.#takeLocked(reader, max);
      const maxsize = header[MAXSIZE]!;
      const wasFull = maxsize !== 0 && before >= maxsize;
      this.#lock.release();
      if (taken >= 0) {
        // If it was not full, a putter that was woken is on its way and wakes the next one.
        if (taken > 0 && wasFull && this.#notFull.hasWaiters) this.#notFull.notify(taken);
        if (taken > 0 && !this.#hasLeases) this.#announceMemory();
        return taken;
      }
      // The next frame is larger than the scratch: allocating is not for inside the lock.
      reader.makeRoom();
    }
  }

  settle(count: number): boolean {
    this.#acquire();
    const header = this.#header;
    const holders = this.#holders;
    if (holders.mineIsStale) this.#releaseTheDead();
    const possible = this.#hasLeases ? this.#openLeases() : this.unfinished;
    if (possible < count) {
      this.#lock.release();
      return false;
    }
    if (this.#hasLeases) {
      for (let done = 0; done < count; done++) this.#settleOne();
    } else {
      // Rows first: what a death leaves unsettled between the two counts as held by the dead.
      holders.remove(count);
    }
    Atomics.store(header, SETTLED, (header[SETTLED]! + count) | 0);
    this.#lock.release();
    if (this.#allDone.hasWaiters && this.unfinished === 0) this.#allDone.notify();
    if (this.#hasLeases) this.#announceMemory();
    return true;
  }

  get size(): number {
    const header = this.#header;
    if ((Atomics.load(header, FLAGS) & DISCARDED) !== 0) return 0;
    const returned = Atomics.load(header, RETURNED);
    // GETS first: a get between the two loads makes the answer too large by one, never negative.
    const gets = Atomics.load(header, GETS);
    return Math.max(0, (Atomics.load(header, PUTS) - gets) | 0) + returned;
  }

  get unfinished(): number {
    const header = this.#header;
    const done = Atomics.load(header, SETTLED) + Atomics.load(header, ABANDONED);
    const from = (Atomics.load(header, FLAGS) & DISCARDED) !== 0 ? GETS : PUTS;
    return Math.max(0, (Atomics.load(header, from) - done) | 0);
  }

  shutDown(discard: boolean): void {
    this.#acquire();
    const header = this.#header;
    const flags = header[FLAGS]! | SHUT_DOWN | (discard ? DISCARDED : 0);
    const discards = ((flags ^ header[FLAGS]!) & DISCARDED) !== 0;
    Atomics.store(header, FLAGS, flags);
    if (discards) this.#rebuild();
    this.#lock.release();
    this.#notEmpty.notify();
    this.#notFull.notify();
    this.#memoryFreed.notify();
    this.#allDone.notify();
  }

  setMaxsize(maxsize: number): void {
    this.#acquire();
    Atomics.store(this.#header, MAXSIZE, maxsize);
    this.#lock.release();
    this.#notFull.notify();
  }

  reclaim(): void {
    this.#acquire();
    this.#blocks.reclaim();
    this.#lock.release();
    this.#announceMemory();
  }

  recover(): void {
    const header = this.#header;
    // Before anybody is woken: whoever sleeps behind a thread that dies after that is woken by the next recovery.
    const deaths = this.#self.table.deaths;
    if (deaths === Atomics.load(header, RECOVERED_DEATHS)) return;
    this.#lock.wakeAll();
    this.#acquire();
    this.#releaseTheDead();
    Atomics.store(header, RECOVERED_DEATHS, deaths);
    this.#lock.release();
    // The dead may have changed something and not told anybody.
    this.#wakeAll();
  }

  deadLetters(visit: (words: Int32Array, at: number) => void): void {
    if (!this.#hasLeases) return;
    let copies = new Int32Array(0);
    for (let needed = this.#copyDeadLetters(copies); needed > copies.length; ) {
      copies = new Int32Array(needed);
      needed = this.#copyDeadLetters(copies);
    }
    const found: number[] = [];
    for (let at = 0; at < copies.length && copies[at] === DEAD_LETTER; ) {
      found.push(at);
      at += FRAME + this.takeHeader + ((copies[at + FRAME]! + 3) >>> 2);
    }
    found.sort((a, b) => (putBefore(copies, a, b) ? -1 : 1));
    for (const at of found) visit(copies, at + FRAME);
  }

  #refuse(refusal: Refusal): 0 {
    this.#lock.release();
    this.refusal = refusal;
    return 0;
  }

  /** Writes a block and puts it into the order; false when there is no memory for now. */
  #insert(source: Int32Array, from: number, end: number, number: number, tail?: Tail): boolean {
    const block = this.#blocks.allocate(FRAME + end - from);
    if (block === 0) return false;
    const words = this.#pages.words;
    const epoch = this.#header[EPOCH]!;
    const target = block + FRAME;
    if (tail !== undefined) this.#pages.writeWithTail(source, from, end, target, tail);
    else copyWords(source, from, end, words, target);
    words[block + SEQ_LOW] = number;
    words[block + SEQ_HIGH] = (epoch & 1) === number >>> 31 ? epoch : (epoch + 1) | 0;
    words[block + STATE] = QUEUED;
    this.#order.insert(block);
    return true;
  }

  /** @returns how many were taken, or -1 when the reader needs room for the next one, which it has noted */
  #takeLocked(reader: ByteReader, max: number): number {
    const header = this.#header;
    if ((header[FLAGS]! & DISCARDED) !== 0) return 0;
    const holders = this.#holders;
    if (holders.mineIsStale) this.#releaseTheDead();
    const order = this.#order;
    const words = this.#pages.words;
    const target = reader.words;
    let returned = 0;
    let taken = 0;
    let to = 0;
    while (taken < max) {
      const block = order.first;
      if (block === 0) break;
      const frame = block + FRAME;
      const size = this.takeHeader + ((words[frame]! + 3) >>> 2);
      const isBig = words[frame]! >= BIG_BLOB;
      if (isBig) {
        // One at a time, even for a batch.
        if (taken > 0) break;
        if (!reader.copyFrame(words, this.#pages.bytes, frame, this.takeHeader)) return -1;
      } else if (to + size > target.length) {
        if (taken > 0) break;
        reader.want(size * 4);
        return -1;
      } else {
        copyWords(words, frame, frame + size, target, to);
        to += size;
      }
      order.removeFirst();
      if (words[block + STATE] !== QUEUED) returned++;
      if (this.#hasLeases) this.#lease(block);
      else this.#blocks.free(block);
      taken++;
      if (isBig) break;
    }
    if (taken === 0) return 0;
    Atomics.store(header, GETS, (header[GETS]! + taken - returned) | 0);
    if (returned > 0) Atomics.store(header, RETURNED, header[RETURNED]! - returned);
    if (!this.#hasLeases) holders.add(taken);
    return taken;
  }

  #lease(block: number): void {
    const words = this.#pages.words;
    const header = this.#header;
    const state = words[block + STATE]!;
    const take = header[TAKES]!;
    header[TAKES] = (take + 1) | 0;
    words[block + RETURNS] = state === QUEUED ? 0 : RETURNED_BASE - state;
    words[block + TAKEN] = take;
    words[block + STATE] = this.#self.id;
    words[block + LINK] = 0;
    this.#holders.append(this.#holders.mine, this.#self.id, block, words, LINK);
  }

  /** Settles the oldest lease of this thread, else one of another. There is one. */
  #settleOne(): void {
    const row = this.#holders.rowWithLease();
    const block = this.#header[row + ROW_FIRST]!;
    const next = this.#pages.words[block + LINK]!;
    this.#blocks.free(block);
    this.#holders.removeFirst(row, next);
  }

  /** Leases that can be settled: what was taken, is not done and does not wait to be delivered again. */
  #openLeases(): number {
    const header = this.#header;
    return (header[GETS]! - header[SETTLED]! - header[ABANDONED]! - header[RETURNED]!) | 0;
  }

  /** Under the lock: how many items are queued. */
  #queued(): number {
    const header = this.#header;
    return ((header[PUTS]! - header[GETS]!) | 0) + header[RETURNED]!;
  }

  #bringEpochUpToDate(): void {
    const header = this.#header;
    if ((header[EPOCH]! & 1) !== header[PUTS]! >>> 31) header[EPOCH] = (header[EPOCH]! + 1) | 0;
  }

  #announceMemory(): void {
    if (this.#memoryFreed.hasWaiters) this.#memoryFreed.notify();
  }

  #acquire(): void {
    const found = this.#lock.acquire();
    this.#pages.reach(this.#header[REACH]!);
    if (found === 'abandoned') {
      this.#rebuild();
      this.#wakeAll();
    }
  }

  /** Under the lock, which nobody died with: gives back what the dead held. */
  #releaseTheDead(): void {
    const header = this.#header;
    if (!this.#hasLeases) {
      abandonHeldByTheDead(this.#header, this.#holders, this.unfinished);
      this.#wakeAll();
      return;
    }
    let settled = 0;
    for (let row = this.#holders.firstDeadRow(); row !== 0; row = this.#holders.firstDeadRow()) {
      let block = header[row + ROW_FIRST]!;
      while (block !== 0) {
        const next = this.#pages.words[block + LINK]!;
        const fate = this.#fate(block);
        if (fate === FREE) this.#blocks.free(block);
        else this.#pages.words[block + STATE] = fate;
        if (fate <= RETURNED_BASE) {
          this.#order.insertReturned(block);
          Atomics.store(header, RETURNED, header[RETURNED]! + 1);
        } else settled++;
        block = next;
      }
      header.fill(0, row, row + ROW_WORDS);
    }
    Atomics.store(header, SETTLED, (header[SETTLED]! + settled) | 0);
    this.#wakeAll();
  }

  /** State of a block whose thread died. */
  #fate(block: number): number {
    const header = this.#header;
    if ((header[FLAGS]! & DISCARDED) !== 0) return FREE;
    const deliveries = this.#pages.words[block + RETURNS]! + 1;
    return deliveries >= header[MAX_DELIVERIES]! ? DEAD_LETTER : RETURNED_BASE - deliveries;
  }

  /** Under the lock, after a death under it or a discard: derives all that is derived from the blocks. */
  #rebuild(): void {
    const header = this.#header;
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    this.#bringEpochUpToDate();
    this.#queuedMet = 0;
    this.#leasedMet = 0;
    this.#returnedMet = 0;
    this.#order.clear();
    this.#leases.clear();
    this.#blocks.rebuild(this.#judge);
    this.#order.restored();
    if ((header[FLAGS]! & DISCARDED) === 0)
      Atomics.store(header, GETS, (header[PUTS]! - this.#queuedMet) | 0);
    Atomics.store(header, RETURNED, this.#returnedMet);
    if (this.#hasLeases) {
      this.#listLeases();
      const open = this.#leasedMet + this.#returnedMet;
      Atomics.store(header, SETTLED, (header[GETS]! - open - header[ABANDONED]!) | 0);
    } else abandonHeldByTheDead(this.#header, this.#holders, this.unfinished);
  }

  /** Decides about a block that recovery meets; returns whether it stays in use. */
  readonly #judge = (block: number): boolean => {
    const words = this.#pages.words;
    const discarded = (this.#header[FLAGS]! & DISCARDED) !== 0;
    let state = words[block + STATE]!;
    if (state === DEAD_LETTER) return true;
    if (state === QUEUED) {
      if (discarded || !this.#isCommitted(block)) return false;
      this.#queuedMet++;
      this.#order.restore(block);
      return true;
    }
    if (state > 0) {
      if (this.#self.table.isAlive(state)) {
        this.#leasedMet++;
        this.#leases.insert(block);
        return true;
      }
      state = this.#fate(block);
      words[block + STATE] = state;
      if (state === DEAD_LETTER) return true;
    }
    if (state === FREE || discarded) return false;
    this.#returnedMet++;
    this.#order.insertReturned(block);
    return true;
  };

  #isCommitted(block: number): boolean {
    const words = this.#pages.words;
    const header = this.#header;
    const high = words[block + SEQ_HIGH]!;
    return high !== header[EPOCH] ? high < header[EPOCH]! : words[block + SEQ_LOW]! < header[PUTS]!;
  }

  #listLeases(): void {
    const words = this.#pages.words;
    const holders = this.#holders;
    holders.clear();
    for (let block = this.#leases.removeFirst(); block !== 0; block = this.#leases.removeFirst()) {
      const id = words[block + STATE]!;
      words[block + LINK] = 0;
      holders.append(holders.rowOf(id), id, block, words, LINK);
    }
  }

  /** Copies the blocks of dead letters into `target` as far as they fit; returns the words that all would need. */
  #copyDeadLetters(target: Int32Array): number {
    this.#acquire();
    const words = this.#pages.words;
    let needed = 0;
    this.#blocks.forEach((block) => {
      if (words[block + STATE] !== DEAD_LETTER) return;
      const size = FRAME + this.takeHeader + ((words[block + FRAME]! + 3) >>> 2);
      if (needed + size <= target.length) target.set(words.subarray(block, block + size), needed);
      needed += size;
    });
    this.#lock.release();
    return needed;
  }

  #wakeAll(): void {
    this.#notEmpty.reset();
    this.#notFull.reset();
    this.#allDone.reset();
    this.#memoryFreed.reset();
  }
}
