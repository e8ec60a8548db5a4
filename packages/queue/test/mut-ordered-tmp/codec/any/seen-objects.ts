const LINEAR = 8;

/**
 * The objects of one item in the order they were met, so that a second sight is written as a reference:
 * that keeps shared references shared and makes cycles finite.
 *
 * A handful is searched one by one, which beats hashing; a Map takes over from there.
 */
export class SeenObjects {
  readonly #first: (object | undefined)[] = new Array(LINEAR).fill(undefined);
  #rest: Map<object, number> | undefined;
  #count = 0;

  /** The object's number if it was met before, else −1: it is then remembered as the next one. */
  meet(value: object): number {
    const count = this.#count;
    const first = this.#first;
    const linear = Math.min(count, LINEAR);
    for (let i = 0; i < linear; i++) {
      if (first[i] === value) return i;
    }
    if (count < LINEAR) {
      first[count] = value;
    } else {
      this.#rest ??= new Map();
      const id = this.#rest.get(value);
      if (id !== undefined) return id;
      this.#rest.set(value, count);
    }
    this.#count = count + 1;
    return -1;
  }

  /** Uses up one number for an object that only the receiver has. */
  skip(): void {
    this.#count++;
  }

  /** Forgets everything, so that no item is kept alive. */
  clear(): void {
    const linear = Math.min(this.#count, LINEAR);
    for (let i = 0; i < linear; i++) this.#first[i] = undefined;
    this.#rest = undefined;
    this.#count = 0;
  }
}
