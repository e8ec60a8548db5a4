/**
 * The states that an exhaustive search has been in, with the budget (preemptions and faults) that was left.
 * Open addressing over one `Int32Array` with three words to an entry: two hash lanes and the packed budget.
 */
export class StateSet {
  #table = new Int32Array(3 << 12);
  #mask = (1 << 12) - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#table = new Int32Array(3 << 12);
    this.#mask = (1 << 12) - 1;
    this.#size = 0;
  }

  /**
   * Notes the state and tells whether it is new. A state counts as known only when it was entered before
   * with at least this budget in every part, and with at least these threads awake: then everything that is looked for
   * from here was looked for from there. `budget` packs four parts of 6 bits, one to a byte; bit 7 of byte n tells
   * whether thread n is awake.
   */
  add(first: number, second: number, budget: number): boolean {
    const table = this.#table;
    // A pair of zero lanes marks an empty entry, so a real state never has them both zero.
    const lane = first === 0 && second === 0 ? 1 : first;
    let slot = (lane ^ (second >>> 7)) & this.#mask;
    for (;;) {
      const at = slot * 3;
      const seenFirst = table[at] as number;
      const seenSecond = table[at + 1] as number;
      if (seenFirst === 0 && seenSecond === 0) {
        table[at] = lane;
        table[at + 1] = second;
        table[at + 2] = budget;
        this.#size++;
        if (this.#size * 2 > this.#mask) this.#grow();
        return true;
      }
      if (seenFirst === lane && seenSecond === second) {
        const seenBudget = table[at + 2] as number;
        if (covers(seenBudget, budget)) return false;
        if (covers(budget, seenBudget)) {
          table[at + 2] = budget;
          return true;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#table;
    const mask = this.#mask * 2 + 1;
    const table = new Int32Array(3 * (mask + 1));
    for (let from = 0; from < old.length; from += 3) {
      if (old[from] === 0 && old[from + 1] === 0) continue;
      let slot = ((old[from] as number) ^ ((old[from + 1] as number) >>> 7)) & mask;
      while (table[slot * 3] !== 0 || table[slot * 3 + 1] !== 0) slot = (slot + 1) & mask;
      table[slot * 3] = old[from] as number;
      table[slot * 3 + 1] = old[from + 1] as number;
      table[slot * 3 + 2] = old[from + 2] as number;
    }
    this.#table = table;
    this.#mask = mask;
  }
}

/**
 * Whether every part of `left` is at least the same part of `right`, no part borrowing its guard bit (bit 6), and every
 * bit 7 of `right` is set in `left`.
 */
function covers(left: number, right: number): boolean {
  if ((right & ~left & 0x80808080) !== 0) return false;
  const guards = 0x40404040;
  const low = ((left & 0x3f3f3f3f) | guards) - (right & 0x3f3f3f3f);
  return (low & guards) === guards;
}
