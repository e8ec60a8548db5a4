import type { Memory } from './memory.ts';
import { natives } from './natives.ts';
import { type Release, UnseenNotes } from './unseen-notes.ts';

/** What is known about the earlier access of a race: the thread, and whether it wrote. */
export interface RaceWitness {
  readonly thread: number;
  readonly wrote: boolean;
}

type Pages = (Int32Array | undefined)[];

/** Notes are allocated for 256 bytes at a time. */
const pageShift = 8;

/** A key of what is synchronised with: the word that it begins in, and above these bits what of it is meant. */
const wordBits = 24;
const wholeWord = 0;
const twoWords = 1;
/** And 1 for the second half. */
const halfWord = 2;
/** And 1 to 3 for the other bytes. */
const oneByte = 4;
const waiters = 8;

/** How the bodies have used a word of memory so far, in any execution. */
const usedAtomically = 1;
const usedPlainly = 2;
const usedBothWays = 4;
/** Some plain access was to a part of the word only. */
const usedInParts = 8;

/**
 * Finds plain accesses that race, by vector clocks kept as FastTrack keeps them: `clock[t][u]` is the last
 * epoch of thread `u` that happened before thread `t`'s present; each byte remembers, for each thread, the
 * epoch of its last read and write. An atomic load takes over the clock of the store it reads from; that is
 * JavaScript's synchronizes-with, in which a later plain store of another thread starts a new clock, and which is
 * between accesses of the same bytes only (ECMAScript, "Memory Model"). A store of more bytes counts as read from until
 * there is another of them, also where stores of their parts have replaced all that it wrote: a race may be missed there.
 *
 * Atomic accesses are noted in a byte's memory only where the same word is also accessed plainly, and a word's first
 * byte speaks for the others unless there are accesses to a part of it. When either comes to light too late for the
 * running execution, {@link restart} asks for a fresh start.
 */
export class Races {
  restart = false;
  readonly #memory: Memory;
  readonly #threads: number;
  readonly #clocks: Int32Array;
  /** 1 when the thread has noted an access in its present epoch: then a release must begin a new epoch. */
  readonly #dirty: Int32Array;
  readonly #releases = new Map<number, Int32Array>();
  /** Whether any atomic store was of another size than a word's. */
  #hasOtherSizes = false;
  /** The same clocks, each with its key, to be walked for each state: a walk of the Map makes a search 6 % slower. */
  readonly #released: Release[] = [];
  /** For each byte and thread the epoch of the last plain read, plain write, atomic read and atomic write. */
  readonly #notes: readonly Pages[] = [[], [], [], []];
  readonly #usage: Uint8Array;
  readonly #unseen: UnseenNotes;

  constructor(memory: Memory, threads: number) {
    this.#memory = memory;
    this.#threads = threads;
    this.#clocks = new natives.Int32Array(threads * threads);
    for (let t = 0; t < threads; t++) this.#clocks[t * threads + t] = 1;
    this.#dirty = new natives.Int32Array(threads);
    this.#usage = new natives.Uint8Array((memory.end >> 2) + 2);
    this.#unseen = new UnseenNotes(memory, threads);
  }

  /** Thread `thread` has loaded these bytes: what happened before the store they are from now happened before it. */
  acquire(thread: number, address: number, size: number): void {
    this.#acquire(thread, keyOf(address, size));
  }

  /** Waiting and notifying go through the word's list of waiters, a critical section that orders them. */
  enterWaiters(thread: number, address: number): void {
    this.#acquire(thread, waitersOf(address));
  }

  leaveWaiters(thread: number, address: number): void {
    this.#release(thread, waitersOf(address));
  }

  #acquire(thread: number, key: number): void {
    const release = this.#releases.get(key);
    if (release !== undefined) this.#join(thread, release);
  }

  /** Thread `thread` has stored to these bytes. Who loads others, or more or fewer of them, does not read from that. */
  release(thread: number, address: number, size: number): void {
    if (size !== 4) this.#hasOtherSizes = true;
    if (this.#hasOtherSizes) this.#overwrite(address, size);
    this.#release(thread, keyOf(address, size));
  }

  /** What was stored to parts of these bytes is there no more. */
  #overwrite(address: number, size: number): void {
    for (let part = size >> 1; part > 0; part >>= 1) {
      for (let at = address; at < address + size; at += part) this.#forget(keyOf(at, part));
    }
  }

  #forget(key: number): void {
    const release = this.#releases.get(key);
    if (release === undefined) return;
    for (let u = 0; u < this.#threads; u++) this.#memory.poke(release, u, 0);
  }

  #release(thread: number, key: number): void {
    const threads = this.#threads;
    const row = thread * threads;
    let release = this.#releases.get(key);
    if (release === undefined) {
      release = new natives.Int32Array(threads);
      this.#releases.set(key, release);
      this.#released.push({ key, clock: release });
    }
    const isDirty = this.#dirty[thread] === 1;
    for (let u = 0; u < threads; u++) {
      const known = this.#clocks[row + u] as number;
      // What the thread does from here on in an epoch that is still clean is not published by this release.
      this.#memory.poke(release, u, u === thread && !isDirty ? known - 1 : known);
    }
    if (isDirty) {
      this.#memory.poke(this.#clocks, row + thread, (this.#clocks[row + thread] as number) + 1);
      this.#memory.poke(this.#dirty, thread, 0);
    }
  }

  /** `heir` begins after `dead` was confirmed dead. */
  inherit(heir: number, dead: number): void {
    const from = dead * this.#threads;
    this.#join(heir, this.#clocks.subarray(from, from + this.#threads));
  }

  #join(thread: number, other: Int32Array): void {
    const threads = this.#threads;
    const row = thread * threads;
    for (let u = 0; u < threads; u++) {
      const seen = other[u] as number;
      if (u !== thread && seen > (this.#clocks[row + u] as number)) {
        this.#memory.poke(this.#clocks, row + u, seen);
      }
    }
  }

  /** Notes an atomic access; returns the plain access that it races with, if any. */
  atomic(thread: number, address: number, size: number, writes: boolean): RaceWitness | undefined {
    const key = address >> 2;
    const how = size < 4 ? usedAtomically | usedInParts : usedAtomically;
    let usage = this.#usage[key] as number;
    if ((usage & how) !== how) usage = this.#use(key, how);
    if (size === 8) {
      const upper = this.#usage[key + 1] as number;
      usage |= (upper & usedAtomically) === 0 ? this.#use(key + 1, usedAtomically) : upper;
    }
    if ((usage & usedPlainly) === 0) return undefined;
    return this.#check(thread, address, size, writes, true);
  }

  /** Notes a plain access; returns the access that it races with, if any. */
  plain(thread: number, address: number, size: number, writes: boolean): RaceWitness | undefined {
    const end = (address + size - 1) >> 2;
    for (let key = address >> 2; key <= end; key++) {
      const isPart = key << 2 < address || (key << 2) + 4 > address + size;
      const how = isPart ? usedPlainly | usedInParts : usedPlainly;
      if (((this.#usage[key] as number) & how) !== how) this.#use(key, how);
    }
    return this.#check(thread, address, size, writes, false);
  }

  #use(key: number, how: number): number {
    const before = this.#usage[key] as number;
    let usage = before | how;
    if ((usage & usedBothWays) === 0 && (usage & 3) === 3) {
      usage |= usedBothWays;
      this.restart = true;
    }
    if ((usage & ~before & usedInParts) !== 0 && (before & usedPlainly) !== 0) this.restart = true;
    this.#usage[key] = usage;
    return usage;
  }

  #check(
    thread: number,
    address: number,
    size: number,
    writes: boolean,
    atomic: boolean,
  ): RaceWitness | undefined {
    const threads = this.#threads;
    const row = thread * threads;
    const epoch = this.#clocks[row + thread] as number;
    const notes = this.#notes;
    let witness: RaceWitness | undefined;
    const end = address + size;
    for (let byte = address, next = address; byte < end; byte = next) {
      const usage = this.#usage[byte >> 2] as number;
      next = (usage & usedInParts) === 0 ? byte + 4 : byte + 1;
      const at = (byte & ((1 << pageShift) - 1)) * threads;
      // Two atomic accesses never race, so an atomic access looks at plain notes only.
      const mixed = !atomic && (usage & usedBothWays) !== 0;
      for (let kind = 0; kind < (mixed ? 4 : 2); kind++) {
        const wrote = (kind & 1) === 1;
        if (!writes && !wrote) continue;
        const page = pageOf(notes[kind] as Pages, byte, threads);
        for (let u = 0; u < threads; u++) {
          if (u !== thread && (page[at + u] as number) > (this.#clocks[row + u] as number)) {
            witness ??= { thread: u, wrote };
          }
        }
      }
      const kind = (atomic ? 2 : 0) + (writes ? 1 : 0);
      const own = pageOf(notes[kind] as Pages, byte, threads);
      const before = own[at + thread] as number;
      if (before === epoch) continue;
      this.#memory.poke(own, at + thread, epoch);
      if (this.#memory.hashing) this.#unseen.move((byte << 2) | kind, thread, before, epoch);
    }
    if (this.#dirty[thread] === 0) this.#memory.poke(this.#dirty, thread, 1);
    return witness;
  }

  /** Hashes all that the future of the search for races depends on into {@link UnseenNotes.first} and `second`. */
  hash(goesOn: (thread: number) => boolean): UnseenNotes {
    this.#unseen.hash(this.#clocks, this.#released, goesOn);
    return this.#unseen;
  }
}

function pageOf(pages: Pages, byte: number, threads: number): Int32Array {
  const number = byte >> pageShift;
  let page = pages[number];
  if (page === undefined) {
    page = new natives.Int32Array(threads << pageShift);
    pages[number] = page;
  }
  return page;
}

/** Of the clock that an atomic access of `size` bytes takes over or leaves: a load reads from a store of the same bytes. */
function keyOf(address: number, size: number): number {
  const word = address >> 2;
  if (size === 4) return word | (wholeWord << wordBits);
  if (size === 8) return word | (twoWords << wordBits);
  const what = size === 2 ? halfWord | ((address >> 1) & 1) : oneByte | (address & 3);
  return word | (what << wordBits);
}

const waitersOf = (address: number): number => (address >> 2) | (waiters << wordBits);
