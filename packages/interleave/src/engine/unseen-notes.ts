import { mixFirst, mixSecond } from './hash.ts';
import type { Memory } from './memory.ts';
import { natives } from './natives.ts';

/** The clock that whoever synchronises with a word takes over. */
export interface Release {
  /** Tells what is synchronised with from others. */
  readonly key: number;
  readonly clock: Int32Array;
}

/** Epochs for which room is made at a time, as a power of two. */
const epochShift = 6;

/**
 * Whose knowledge is hashed: a thread's, or else that of what has a key. Keys take 28 bits, and never have the highest
 * four of them all set, as threads do. The lowest 4 bits of an identity say of whose notes.
 */
const threadIdentity = 0xf0000000;

/**
 * What the future of the search for races depends on: which notes of each thread every other thread, and every word that
 * one may synchronise with, has not seen. In how many epochs it came to that is nobody's business, so states are told
 * apart by this and not by the clocks.
 *
 * Who knows an epoch of a thread has seen all its notes of that epoch and before. So the notes of each epoch are summed up
 * in a hash as they are made, and what is unseen after any epoch is a sum of such sums.
 */
export class UnseenNotes {
  readonly #memory: Memory;
  readonly #threads: number;
  /** For each epoch and thread, two lanes of hash over its notes that are of that epoch. */
  readonly #sums: Int32Array[] = [];
  /** Of the thread that is being hashed: the lanes of all notes from an epoch on. */
  #sinceFirst = new natives.Int32Array(64);
  #sinceSecond = new natives.Int32Array(64);
  /** The lanes that {@link hash} leaves. */
  first = 0;
  second = 0;

  constructor(memory: Memory, threads: number) {
    this.#memory = memory;
    this.#threads = threads;
  }

  /** A note of the thread is of epoch `to` now; it was of epoch `from`, or is new if that is 0. */
  move(note: number, thread: number, from: number, to: number): void {
    const first = mixFirst(note, thread);
    const second = mixSecond(note, thread);
    if (from > 0) this.#toggle(thread, from, first, second);
    this.#toggle(thread, to, first, second);
  }

  #toggle(thread: number, epoch: number, first: number, second: number): void {
    const sums = this.#sumsOf(epoch);
    const at = placeOf(thread, epoch);
    this.#memory.poke(sums, at, (sums[at] as number) ^ first);
    this.#memory.poke(sums, at + 1, (sums[at + 1] as number) ^ second);
  }

  #sumsOf(epoch: number): Int32Array {
    const number = epoch >> epochShift;
    while (this.#sums.length <= number)
      this.#sums.push(new natives.Int32Array(this.#threads << (epochShift + 1)));
    return this.#sums[number] as Int32Array;
  }

  /**
   * Hashes which notes are unseen by whom into {@link first} and {@link second}.
   *
   * @param clocks the row of each thread tells which epochs of the others it knows, and its own
   * @param goesOn whether the thread has begun and may still make accesses: what others have seen does not matter
   */
  hash(clocks: Int32Array, releases: readonly Release[], goesOn: (thread: number) => boolean): void {
    const threads = this.#threads;
    this.first = 0;
    this.second = 0;
    for (let noter = 0; noter < threads; noter++) {
      this.#sumUp(noter, clocks[noter * threads + noter] as number);
      let known = Number.POSITIVE_INFINITY;
      for (let thread = 0; thread < threads; thread++) {
        if (thread === noter || !goesOn(thread)) continue;
        const epoch = clocks[thread * threads + noter] as number;
        known = Math.min(known, epoch);
        this.#add(threadIdentity | (thread << 4) | noter, epoch);
      }
      for (const { key, clock } of releases) {
        const epoch = clock[noter] as number;
        // What everybody knows is no news, whatever else the word tells.
        if (epoch > known && !this.#areAlike(epoch, known)) this.#add((key << 4) | noter, epoch);
      }
    }
  }

  #sumUp(thread: number, last: number): void {
    if (last + 2 > this.#sinceFirst.length) {
      this.#sinceFirst = new natives.Int32Array(2 * (last + 2));
      this.#sinceSecond = new natives.Int32Array(2 * (last + 2));
    }
    let first = 0;
    let second = 0;
    this.#sinceFirst[last + 1] = 0;
    this.#sinceSecond[last + 1] = 0;
    for (let epoch = last; epoch > 0; epoch--) {
      const sums = this.#sumsOf(epoch);
      const at = placeOf(thread, epoch);
      first ^= sums[at] as number;
      second ^= sums[at + 1] as number;
      this.#sinceFirst[epoch] = first;
      this.#sinceSecond[epoch] = second;
    }
  }

  /** Adds what is unseen by who knows `epoch`. For a thread always: that nothing is unseen is not as if all were. */
  #add(identity: number, epoch: number): void {
    this.first ^= mixFirst(identity, this.#sinceFirst[epoch + 1] as number);
    this.second ^= mixSecond(identity, this.#sinceSecond[epoch + 1] as number);
  }

  /** Whether who knows the one epoch has seen the same notes as who knows the other. */
  #areAlike(left: number, right: number): boolean {
    const first = this.#sinceFirst;
    const second = this.#sinceSecond;
    return first[left + 1] === first[right + 1] && second[left + 1] === second[right + 1];
  }
}

/** Where the first lane of a thread's sum is. */
function placeOf(thread: number, epoch: number): number {
  return ((thread << epochShift) | (epoch & ((1 << epochShift) - 1))) << 1;
}
