import type { ItemStore } from './item-store.ts';

/** Frames on their way into a store, some of which may have found a place already. */
export class PutProgress {
  readonly #store: ItemStore;
  #words: Int32Array;
  #end: number;
  readonly #count: number;
  #from = 0;
  /** How many frames are in. */
  accepted = 0;
  /** Whether an attempt since this was last set to false let a frame in. */
  moved = false;
  /** Whether it is counted among the puts that had to wait. */
  hasWaited = false;

  constructor(store: ItemStore, words: Int32Array, end: number, count: number) {
    this.#store = store;
    this.#words = words;
    this.#end = end;
    this.#count = count;
  }

  /** Offers what is left; returns whether everything is in. */
  attempt(): boolean {
    const left = this.#count - this.accepted;
    if (left === 0) return true;
    const accepted = this.#store.offer(this.#words, this.#from, this.#end, left);
    if (accepted === 0) return false;
    this.moved = true;
    this.accepted += accepted;
    this.#from += this.#store.acceptedWords;
    return this.accepted === this.#count;
  }

  /** Copies what is left out of the scratch that it lies in, which others use while this waits. */
  keepRest(): void {
    this.#words = this.#words.slice(this.#from, this.#end);
    this.#end -= this.#from;
    this.#from = 0;
  }
}
