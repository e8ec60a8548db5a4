import { HEAP_ROOT, SORT_ROOT, STACK_TOP } from '../layout.ts';
import type { Pages } from '../pages.ts';
import { LINK, putBefore } from './block.ts';
import type { ItemOrder } from './item-order.ts';
import { LeftistHeap } from './leftist-heap.ts';

const newestFirst = (words: Int32Array, a: number, b: number) => putBefore(words, b, a);

/**
 * Last in, first out: a stack of blocks, linked from STACK_TOP down, newest first. Items that are delivered again
 * leave before all others, again the newest first.
 */
export class LifoOrder implements ItemOrder {
  readonly frameHeader = 1;
  readonly #pages: Pages;
  readonly #header: Int32Array;
  readonly #returned: LeftistHeap;
  readonly #unsorted: LeftistHeap;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#header = pages.header;
    this.#returned = new LeftistHeap(pages, HEAP_ROOT, newestFirst);
    this.#unsorted = new LeftistHeap(pages, SORT_ROOT, newestFirst);
  }

  get first(): number {
    return this.#returned.first || this.#header[STACK_TOP]!;
  }

  removeFirst(): void {
    if (this.#returned.removeFirst() !== 0) return;
    this.#header[STACK_TOP] = this.#pages.words[this.#header[STACK_TOP]! + LINK]!;
  }

  insert(block: number): void {
    this.#pages.words[block + LINK] = this.#header[STACK_TOP]!;
    this.#header[STACK_TOP] = block;
  }

  insertReturned(block: number): void {
    this.#returned.insert(block);
  }

  clear(): void {
    this.#header[STACK_TOP] = 0;
    this.#returned.clear();
    this.#unsorted.clear();
  }

  restore(block: number): void {
    this.#unsorted.insert(block);
  }

  restored(): void {
    const words = this.#pages.words;
    let last = 0;
    for (let block = this.#unsorted.removeFirst(); block !== 0; block = this.#unsorted.removeFirst()) {
      words[block + LINK] = 0;
      if (last === 0) this.#header[STACK_TOP] = block;
      else words[last + LINK] = block;
      last = block;
    }
  }
}
