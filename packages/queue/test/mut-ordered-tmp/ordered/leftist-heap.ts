import type { Pages } from '../pages.ts';
import { LINK, RANK, RIGHT } from './block.ts';

/** Whether block `a` leaves the heap before block `b`. */
export type Before = (words: Int32Array, a: number, b: number) => boolean;

/** Two right-hand paths of at most log2(n + 1) blocks each, and there are less than 2^27 blocks. */
const LONGEST_PATH = 64;

/**
 * A heap whose nodes are the blocks themselves: it takes up no memory of its own, never has to grow, and a put or
 * a get costs O(log n) at the worst.
 *
 * Invariants: a block leaves before its children (LINK on the left, RIGHT). RANK is the distance to the nearest
 * missing child; the left child's is at least the right one's, so the right-hand path is the shortest and has at
 * most log2(n + 1) blocks. Two heaps are merged along their right-hand paths. (Crane 1972; Knuth, TAOCP 5.2.3.)
 *
 * Under the lock of the queue; derived state.
 */
export class LeftistHeap {
  readonly #pages: Pages;
  readonly #header: Int32Array;
  readonly #root: number;
  readonly #before: Before;
  readonly #path = new Int32Array(LONGEST_PATH);

  /** @param root index of the header word that holds the first block */
  constructor(pages: Pages, root: number, before: Before) {
    this.#pages = pages;
    this.#header = pages.header;
    this.#root = root;
    this.#before = before;
  }

  /** The block that leaves first, or 0. */
  get first(): number {
    return this.#header[this.#root]!;
  }

  /** Empties it. */
  clear(): void {
    this.#header[this.#root] = 0;
  }

  insert(block: number): void {
    const words = this.#pages.words;
    words[block + LINK] = 0;
    words[block + RIGHT] = 0;
    words[block + RANK] = 1;
    this.#header[this.#root] = this.#merge(this.#header[this.#root]!, block);
  }

  /** Takes the first block out and returns it; 0 when there is none. */
  removeFirst(): number {
    const words = this.#pages.words;
    const first = this.#header[this.#root]!;
    if (first !== 0) this.#header[this.#root] = this.#merge(words[first + LINK]!, words[first + RIGHT]!);
    return first;
  }

  #merge(a: number, b: number): number {
    const words = this.#pages.words;
    const path = this.#path;
    let depth = 0;
    while (a !== 0 && b !== 0) {
      if (this.#before(words, b, a)) {
        const later = a;
        a = b;
        b = later;
      }
      path[depth++] = a;
      a = words[a + RIGHT]!;
    }
    let merged = a === 0 ? b : a;
    while (depth > 0) {
      const node = path[--depth]!;
      const left = words[node + LINK]!;
      const leftRank = left === 0 ? 0 : words[left + RANK]!;
      const mergedRank = merged === 0 ? 0 : words[merged + RANK]!;
      if (leftRank >= mergedRank) {
        words[node + RIGHT] = merged;
        words[node + RANK] = mergedRank + 1;
      } else {
        words[node + LINK] = merged;
        words[node + RIGHT] = left;
        words[node + RANK] = leftRank + 1;
      }
      merged = node;
    }
    return merged;
  }
}
