import { HEAP_ROOT } from '../layout.ts';
import type { Pages } from '../pages.ts';
import { FRAME, putBefore } from './block.ts';
import type { ItemOrder } from './item-order.ts';
import { LeftistHeap } from './leftist-heap.ts';

/** Words of a frame that hold the priority, as {@link PriorityKey} writes it. */
const KEY_HIGH = 1;
const KEY_LOW = 2;

const HIGH = FRAME + KEY_HIGH;
const LOW = FRAME + KEY_LOW;
const SIGN = 1 << 31;

function lowestFirst(words: Int32Array, a: number, b: number): boolean {
  const highA = words[a + HIGH]!;
  const highB = words[b + HIGH]!;
  if (highA !== highB) return highA < highB;
  const lowA = words[a + LOW]!;
  const lowB = words[b + LOW]!;
  if (lowA !== lowB) return lowA < lowB;
  return putBefore(words, a, b);
}

/** Lowest priority first, ties in the order of insertion, also for items that are delivered again. */
export class PriorityOrder implements ItemOrder {
  readonly frameHeader = 3;
  readonly #heap: LeftistHeap;

  constructor(pages: Pages) {
    this.#heap = new LeftistHeap(pages, HEAP_ROOT, lowestFirst);
  }

  get first(): number {
    return this.#heap.first;
  }

  removeFirst(): void {
    this.#heap.removeFirst();
  }

  insert(block: number): void {
    this.#heap.insert(block);
  }

  insertReturned(block: number): void {
    this.#heap.insert(block);
  }

  clear(): void {
    this.#heap.clear();
  }

  restore(block: number): void {
    this.#heap.insert(block);
  }

  restored(): void {}
}

/**
 * Writes a priority as two words that compare like it, high word first, both as signed integers.
 *
 * The bits of a float64 are a sign and a magnitude: for negative numbers the magnitude is turned round. The low
 * word's top bit is flipped, since it is no sign.
 */
export class PriorityKey {
  readonly #float = new Float64Array(1);
  readonly #words = new Int32Array(this.#float.buffer);
  /** Where the high word is on this machine. */
  readonly #high: number;

  constructor() {
    this.#float[0] = -1;
    this.#high = this.#words[1]! < 0 ? 1 : 0;
  }

  /** @param priority any number but NaN; -0 is 0 */
  write(priority: number, words: Int32Array, frame: number): void {
    this.#float[0] = priority + 0;
    const high = this.#words[this.#high]!;
    const low = this.#words[1 - this.#high]!;
    words[frame + KEY_HIGH] = high < 0 ? high ^ ~SIGN : high;
    words[frame + KEY_LOW] = (high < 0 ? ~low : low) ^ SIGN;
  }
}
