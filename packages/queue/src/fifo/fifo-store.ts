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
  FLAGS,
  GET_LOCK,
  GETS,
  HEAD,
  HEAD_LIMIT,
  HEAD_SEGMENT,
  HIGH_WATER,
  KNOWN_GETS,
  KNOWN_PUTS,
  MAXSIZE,
  MEMORY_FREED,
  NOT_EMPTY,
  NOT_FULL,
  PUT_LOCK,
  PUTS,
  RECOVERED_DEATHS,
  RETURNED,
  ROWS,
  rowsStart,
  SETTLED,
  SHUT_DOWN,
  TAIL,
  TAIL_LIMIT,
  TRACK_COUNTS,
  TRACK_LEASES,
  TRACKING,
} from '../layout.ts';
import type { Pages } from '../pages.ts';
import { LEASE_HEADER, Leases } from './leases.ts';
import { SEAL, SEGMENT_HEADER, Segments } from './segments.ts';

/**
 * First in, first out, with a lock for each end: putters and getters do not contend.
 *
 * Invariants
 * - Records numbered GETS up to PUTS are in the chain, whole, in order. A put writes the record and then
 *   stores PUTS; a get copies the record and then stores GETS. A death before the store: nothing happened.
 *   A death after it: it happened, and what was still to be noted is derived (`Segments`, `Holders`).
 * - The get side reads only records before a PUTS that it has loaded; the put side reuses only segments before
 *   a HEAD_SEGMENT that it has loaded. So plain accesses never race.
 * - Where both locks are needed, the get side's is taken first.
 *
 * The two locks are those of Michael and Scott's two-lock queue (PODC 1996).
 */
export class FifoStore implements ItemStore {
  readonly offerHeader: number;
  readonly takeHeader: number;
  acceptedWords = 0;
  refusal: Refusal = 'full';

  readonly #header: Int32Array;
  readonly #pages: Pages;
  readonly #segments: Segments;
  readonly #holders: Holders | undefined;
  readonly #leases: Leases | undefined;
  readonly #putLock: OwnerLock;
  readonly #getLock: OwnerLock;
  readonly #notEmpty: EventCount;
  readonly #notFull: EventCount;
  readonly #allDone: EventCount;
  readonly #memoryFreed: EventCount;
  readonly #self: ThreadIdentity;

  constructor(pages: Pages, self: ThreadIdentity, spins: number | undefined) {
    const header = pages.header;
    const tracking = header[TRACKING]!;
    this.#header = header;
    this.#pages = pages;
    this.#self = self;
    this.offerHeader = tracking === TRACK_LEASES ? LEASE_HEADER : 1;
    this.takeHeader = this.offerHeader;
    this.#segments = new Segments(pages, this.offerHeader);
    if (tracking >= TRACK_COUNTS) {
      const rows = header[ROWS]!;
      const start = rowsStart({ pageWords: pages.pageWords, maxPages: pages.maxPages, rows });
      this.#holders = new Holders(header, start, rows, self);
      if (tracking === TRACK_LEASES) this.#leases = new Leases(pages, this.#segments, this.#holders, self);
    }
    this.#putLock = new OwnerLock(header, PUT_LOCK, self, spins);
    this.#getLock = new OwnerLock(header, GET_LOCK, self, spins);
    this.#notEmpty = new EventCount(header, NOT_EMPTY, self);
    this.#notFull = new EventCount(header, NOT_FULL, self);
    this.#allDone = new EventCount(header, ALL_DONE, self);
    this.#memoryFreed = new EventCount(header, MEMORY_FREED, self);
  }

  /** Lays out an empty queue in memory whose constant words are set. */
  static initialise(pages: Pages): void {
    new Segments(pages, pages.header[TRACKING] === TRACK_LEASES ? LEASE_HEADER : 1).createFirst();
  }

  get largestFrame(): number {
    return this.#pages.limitWords - SEGMENT_HEADER;
  }

  get recollection(): readonly unknown[] {
    return [this.#ownGets, this.#pages.words.length];
  }

  offer(source: Int32Array, from: number, end: number, count: number, tail?: Tail): number {
    this.#lockPutSide();
    const header = this.#header;
    if ((header[FLAGS]! & SHUT_DOWN) !== 0) return this.#refuse('shut-down');
    const puts = header[PUTS]!;
    let allowed = count;
    if (header[MAXSIZE] !== 0) {
      allowed = Math.min(count, this.#room(puts, count));
      if (allowed <= 0) return this.#refuse('full');
    }
    const accepted =
      count === 1 ? this.#copyOne(source, from, end, tail) : this.#copyMany(source, from, allowed);
    if (accepted === 0) return this.#refuse('no-memory');
    const now = (puts + accepted) | 0;
    if (((now - header[KNOWN_GETS]!) | 0) > header[HIGH_WATER]!) this.#raiseHighWater(now);
    Atomics.store(header, PUTS, now);
    this.#putLock.release();
    // Only a put onto an empty queue wakes a getter; a getter that was woken and leaves items wakes the next.
    if (this.#notEmpty.hasWaiters && ((now - Atomics.load(header, GETS)) | 0) <= accepted) {
      this.#notEmpty.notify(accepted);
    }
    return accepted;
  }

  take(reader: ByteReader, max: number): number {
    for (;;) {
      this.#lockGetSide();
      const taken = this.#takeLocked(reader, max);
      if (taken >= 0) {
        this.#getLock.release();
        if (taken > 0 && this.#maxsize !== 0 && this.#notFull.hasWaiters && this.#wasFull()) {
          this.#notFull.notify(taken);
        }
        if (this.#leftSegment) {
          this.#leftSegment = false;
          if (this.#memoryFreed.hasWaiters) this.#memoryFreed.notify();
        }
        return taken;
      }
      // The next frame is larger than the scratch: allocating is not for inside the lock.
      this.#getLock.release();
      reader.makeRoom();
    }
  }

  settle(count: number): boolean {
    this.#lockGetSide();
    const header = this.#header;
    let freed = false;
    let done = 0;
    if (this.#holders?.mineIsStale) this.#recoverGetSide();
    if (this.#leases !== undefined) {
      if (this.#openLeases() >= count) {
        for (; done < count; done++) {
          if (this.#leases.settleOne()) freed = true;
        }
      }
    } else if (this.unfinished >= count) {
      // Rows first: what a death leaves unsettled between the two counts as held by the dead.
      this.#holders?.remove(count);
      done = count;
    }
    if (done > 0) Atomics.store(header, SETTLED, (header[SETTLED]! + done) | 0);
    this.#getLock.release();
    if (done > 0 && this.#allDone.hasWaiters && this.unfinished === 0) this.#allDone.notify();
    if (freed && this.#memoryFreed.hasWaiters) this.#memoryFreed.notify();
    return done === count;
  }

  get size(): number {
    const header = this.#header;
    const returned = Atomics.load(header, RETURNED);
    if ((Atomics.load(header, FLAGS) & DISCARDED) !== 0) return 0;
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
    this.#lockGetSide();
    this.#lockPutSide();
    const header = this.#header;
    Atomics.store(header, FLAGS, header[FLAGS]! | SHUT_DOWN | (discard ? DISCARDED : 0));
    if (discard && this.#leases !== undefined) this.#deriveSettled();
    this.#putLock.release();
    this.#getLock.release();
    this.#notEmpty.notify();
    this.#notFull.notify();
    this.#memoryFreed.notify();
    this.#allDone.notify();
  }

  setMaxsize(maxsize: number): void {
    // Both locks, so that each side may rely on the bound while it has its own.
    this.#lockGetSide();
    this.#lockPutSide();
    Atomics.store(this.#header, MAXSIZE, maxsize);
    this.#putLock.release();
    this.#getLock.release();
    this.#notFull.notify();
  }

  reclaim(): void {
    this.#lockPutSide();
    this.#segments.reclaim();
    this.#putLock.release();
    if (this.#memoryFreed.hasWaiters) this.#memoryFreed.notify();
  }

  recover(): void {
    const header = this.#header;
    // Before anybody is woken: whoever sleeps behind a thread that dies after that is woken by the next recovery.
    const deaths = this.#self.table.deaths;
    if (deaths === Atomics.load(header, RECOVERED_DEATHS)) return;
    // Who sleeps on a lock that a dead thread left may hold the other lock, so it must go on before this can.
    this.#putLock.wakeAll();
    this.#getLock.wakeAll();
    this.#lockGetSide();
    this.#recoverGetSide();
    Atomics.store(header, RECOVERED_DEATHS, deaths);
    this.#getLock.release();
    // Taking the lock repairs the put side, if its owner died.
    this.#lockPutSide();
    this.#putLock.release();
    this.#wakeAll();
  }

  deadLetters(visit: (words: Int32Array, at: number) => void): void {
    const found: Int32Array[] = [];
    this.#lockGetSide();
    this.#lockPutSide();
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    const words = this.#pages.words;
    this.#leases?.forEachDeadLetter((record) => {
      found.push(words.slice(record, record + this.#segments.recordWords(record)));
    });
    this.#putLock.release();
    this.#getLock.release();
    for (const frame of found) visit(frame, 0);
  }

  /** The last take went on to another segment, so the put side may have memory again. */
  #leftSegment = false;
  /** GETS before the last take. */
  #getsBefore = 0;
  /** GETS after the last take of this thread: at least so many there are. */
  #ownGets: number | undefined;
  /** The bound at the last take. Whoever is refused by a later one has seen that take. */
  #maxsize = 0;

  #refuse(refusal: Refusal): 0 {
    this.#putLock.release();
    this.refusal = refusal;
    return 0;
  }

  #room(puts: number, wanted: number): number {
    const header = this.#header;
    const returned = this.#leases === undefined ? 0 : Atomics.load(header, RETURNED);
    const maxsize = header[MAXSIZE]! - returned;
    const room = maxsize - ((puts - header[KNOWN_GETS]!) | 0);
    if (room >= wanted) return room;
    const gets = Atomics.load(header, GETS);
    header[KNOWN_GETS] = gets;
    return maxsize - ((puts - gets) | 0);
  }

  #raiseHighWater(puts: number): void {
    const header = this.#header;
    // Who puts and takes in turn need not look at what others have taken. Only this mark relies on it: it would be wrong
    // after 2^32 takes of others.
    const own = this.#ownGets === undefined ? -1 : (puts - this.#ownGets) | 0;
    // Not for ever: 2^31 puts after KNOWN_GETS the difference would change its sign, and a bound set then be none.
    const isRecent = ((puts - header[KNOWN_GETS]!) | 0) < 2 ** 30;
    if (isRecent && own >= 0 && own <= header[HIGH_WATER]!) return;
    const gets = Atomics.load(header, GETS);
    header[KNOWN_GETS] = gets;
    const size = (puts - gets) | 0;
    if (size > header[HIGH_WATER]!) Atomics.store(header, HIGH_WATER, size);
  }

  #copyOne(source: Int32Array, from: number, end: number, tail: Tail | undefined): number {
    const header = this.#header;
    const size = end - from;
    let at = header[TAIL]!;
    if (at + size > header[TAIL_LIMIT]!) {
      if (!this.#segments.appendSegment(size, header[PUTS]!)) return 0;
      at = header[TAIL]!;
    }
    if (tail === undefined) this.#write(source, from, end, at);
    else this.#pages.writeWithTail(source, from, end, at, tail);
    header[TAIL] = at + size;
    this.acceptedWords = size;
    return 1;
  }

  #copyMany(source: Int32Array, from: number, allowed: number): number {
    const header = this.#header;
    const first = header[PUTS]!;
    let accepted = 0;
    let at = from;
    while (accepted < allowed) {
      let tail = header[TAIL]!;
      const limit = header[TAIL_LIMIT]!;
      // As many frames as fit into what is left of the segment go in one copy.
      let end = at;
      let fitting = 0;
      while (accepted + fitting < allowed) {
        const next = end + this.offerHeader + ((source[end]! + 3) >>> 2);
        if (tail + next - at > limit) break;
        end = next;
        fitting++;
      }
      if (fitting > 0) {
        this.#write(source, at, end, tail);
        tail += end - at;
        header[TAIL] = tail;
        at = end;
        accepted += fitting;
      } else {
        const size = this.offerHeader + ((source[at]! + 3) >>> 2);
        if (!this.#segments.appendSegment(size, (first + accepted) | 0)) break;
      }
    }
    this.acceptedWords = at - from;
    return accepted;
  }

  #write(source: Int32Array, from: number, end: number, tail: number): void {
    const pages = this.#pages;
    pages.reach(tail + end - from);
    copyWords(source, from, end, pages.words, tail);
  }

  /** @returns how many were taken, or -1 when the reader needs room for the next one, which it has noted */
  #takeLocked(reader: ByteReader, max: number): number {
    const header = this.#header;
    this.#maxsize = header[MAXSIZE]!;
    if ((header[FLAGS]! & DISCARDED) !== 0) return 0;
    const holders = this.#holders;
    if (holders?.mineIsStale) this.#recoverGetSide();
    const pages = this.#pages;
    if (this.#leases !== undefined && this.#leases.firstReturned !== 0) return this.#takeReturned(reader);
    const gets = header[GETS]!;
    this.#getsBefore = gets;
    let available = (header[KNOWN_PUTS]! - gets) | 0;
    if (available < max) {
      const puts = Atomics.load(header, PUTS);
      header[KNOWN_PUTS] = puts;
      available = (puts - gets) | 0;
      if (available === 0) return 0;
    }
    let head = header[HEAD]!;
    let limit = header[HEAD_LIMIT]!;
    pages.reach(limit);
    if (head === limit || pages.words[head] === SEAL) {
      this.#segments.advanceHead();
      this.#leftSegment = true;
      head = header[HEAD]!;
      limit = header[HEAD_LIMIT]!;
    }
    const words = pages.words;
    const capacity = reader.words.length;
    const allowed = Math.min(available, max);
    let end = head;
    let taken = 0;
    if (words[head]! >= BIG_BLOB) {
      // One at a time, even for a batch.
      if (!reader.copyFrame(words, pages.bytes, head, this.takeHeader)) return -1;
      end = head + this.#segments.recordWords(head);
      taken = 1;
    } else {
      while (taken < allowed && end < limit) {
        const length = words[end]!;
        if (length === SEAL) break;
        const next = end + this.takeHeader + ((length + 3) >>> 2);
        if (next - head > capacity) {
          if (taken > 0) break;
          reader.want((next - head) * 4);
          return -1;
        }
        end = next;
        taken++;
      }
      copyWords(words, head, end, reader.words, 0);
    }
    if (this.#leases !== undefined) {
      const segment = header[HEAD_SEGMENT]!;
      for (let at = head; at < end; at += this.#segments.recordWords(at))
        this.#leases.leaseQueued(at, segment);
    }
    header[HEAD] = end;
    this.#ownGets = (gets + taken) | 0;
    Atomics.store(header, GETS, this.#ownGets);
    if (this.#leases !== undefined) {
      const segment = header[HEAD_SEGMENT]!;
      for (let at = head; at < end; at += this.#segments.recordWords(at)) this.#leases.noteLease(at, segment);
    } else holders?.add(taken);
    return taken;
  }

  #takeReturned(reader: ByteReader): number {
    const leases = this.#leases!;
    const record = leases.firstReturned;
    this.#pages.reach(this.#pages.memory.byteLength >>> 2);
    const { words, bytes } = this.#pages;
    if (!reader.copyFrame(words, bytes, record, this.takeHeader)) return -1;
    leases.leaseReturned();
    return 1;
  }

  /**
   * Whether the queue was full before the last take. If it was not, a putter that was woken is on its way and
   * wakes the next one. GETS is not loaded anew: two getters would each see the other's and wake nobody.
   */
  #wasFull(): boolean {
    if (this.#leases !== undefined) return true;
    const header = this.#header;
    return ((Atomics.load(header, PUTS) - this.#getsBefore) | 0) >= this.#maxsize;
  }

  /** Leases that can be settled: what was taken, is not done and does not wait to be delivered again. */
  #openLeases(): number {
    const header = this.#header;
    return (header[GETS]! - header[SETTLED]! - header[ABANDONED]! - header[RETURNED]!) | 0;
  }

  #deriveSettled(): void {
    const header = this.#header;
    const open = this.#leases!.recover();
    Atomics.store(header, SETTLED, (header[GETS]! - open - header[ABANDONED]!) | 0);
  }

  #lockPutSide(): void {
    if (this.#putLock.acquire() === 'abandoned') {
      this.#segments.deriveTail();
      // The dead may have announced a put and not woken anybody.
      this.#notEmpty.notify();
    }
  }

  #lockGetSide(): void {
    if (this.#getLock.acquire() === 'abandoned') this.#recoverGetSide();
  }

  /** Under the get side's lock: what does not need the other one. */
  #recoverGetSide(): void {
    const header = this.#header;
    this.#segments.deriveHead();
    if (this.#leases !== undefined) {
      // The walk over what was taken needs the chain to hold still.
      this.#lockPutSide();
      this.#deriveSettled();
      this.#putLock.release();
    } else if (this.#holders !== undefined) {
      abandonHeldByTheDead(header, this.#holders, this.unfinished);
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    this.#notEmpty.reset();
    this.#notFull.reset();
    this.#allDone.reset();
    this.#memoryFreed.reset();
  }
}
