/**
 * Every word that the model overwrites, with the value it had: an exhaustive search goes back to a choice
 * by undoing the writes made since, instead of running the prefix again.
 */
export class Trail {
  #arrays: Int32Array[] = [];
  #indexes = new Int32Array(1024);
  #values = new Int32Array(1024);
  #top = 0;

  /** The position to hand to {@link undoTo}. */
  get mark(): number {
    return this.#top;
  }

  /** Notes that `array[index]` held `value` until now. */
  push(array: Int32Array, index: number, value: number): void {
    const top = this.#top;
    if (top === this.#indexes.length) this.#grow();
    this.#arrays[top] = array;
    this.#indexes[top] = index;
    this.#values[top] = value;
    this.#top = top + 1;
  }

  undoTo(mark: number): void {
    for (let top = this.#top - 1; top >= mark; top--) {
      (this.#arrays[top] as Int32Array)[this.#indexes[top] as number] = this.#values[top] as number;
    }
    this.#top = mark;
  }

  #grow(): void {
    const size = this.#indexes.length * 2;
    const indexes = new Int32Array(size);
    const values = new Int32Array(size);
    indexes.set(this.#indexes);
    values.set(this.#values);
    this.#indexes = indexes;
    this.#values = values;
  }
}
