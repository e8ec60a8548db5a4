/** A small seeded generator (mulberry32): the same seed gives the same numbers on every engine. */
export class RandomSource {
  #state = 0;

  /** Starts the sequence that belongs to this pair of seeds. */
  seed(seed: number, run: number): void {
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b)) | 0;
    this.below(2);
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 4294967296) * bound);
  }
}
