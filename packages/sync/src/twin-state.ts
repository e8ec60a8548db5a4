import type { OwnerLock } from './owner-lock.ts';

/**
 * A few words that change together, or not at all, whenever the thread that changes them dies.
 *
 * ```text
 *   word 0              VERSION     its lowest bit tells which copy is the live one
 *        1 .. n         copy 0
 *        n+1 .. 2n      copy 1
 * ```
 *
 * A change writes the idle copy and commits by storing VERSION + 1. All of it under the lock that the state
 * belongs to ({@link OwnerLock}), so there is one writer at a time; a writer that dies before the commit has
 * written to the idle copy only.
 */
export class TwinState {
  readonly #words: Int32Array;
  readonly #version: number;
  readonly #size: number;

  /**
   * @param words the shared memory
   * @param index the first of its `1 + 2 * size` words; all zero is a state of zeros
   * @param size words of one copy
   */
  constructor(words: Int32Array, index: number, size: number) {
    this.#words = words;
    this.#version = index;
    this.#size = size;
  }

  /**
   * One field as last committed. Exact under the lock; without it a snapshot: between finding the live copy
   * and reading it, two changes may have passed, which makes it a value of a change under way.
   */
  get(field: number): number {
    return Atomics.load(this.#words, this.#copy(Atomics.load(this.#words, this.#version)) + field);
  }

  /** Changes all fields at once. Under the lock. */
  commit(...fields: number[]): void {
    const next = (Atomics.load(this.#words, this.#version) + 1) | 0;
    const idle = this.#copy(next);
    for (let i = 0; i < fields.length; i++) Atomics.store(this.#words, idle + i, fields[i]!);
    Atomics.store(this.#words, this.#version, next);
  }

  #copy(version: number): number {
    return this.#version + 1 + (version & 1) * this.#size;
  }
}
