/**
 * The names of the tasks that were submitted so far, in shared memory: records carry a number, which is soon
 * encoded.
 *
 * ```text
 *   word 0    COUNT    names that are there; written last, by the owner alone
 *   word 1    USED     characters in use; the owner's own
 *   word i+2  END[i]   where name i ends among the characters
 *   then      characters, UTF-16
 * ```
 *
 * @packageDocumentation
 */
const COUNT = 0;
const USED = 1;
const ENDS = 2;
const MOST_NAMES = 4096;
const MOST_CHARACTERS = 1 << 18;
const CHARACTERS_AT = (ENDS + MOST_NAMES) * 4;

/** A view of the names. No method blocks. */
export class TaskNames {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #characters: Uint16Array;
  readonly #numbers = new Map<string, number>();
  readonly #known: string[] = [];

  constructor(memory = new SharedArrayBuffer(CHARACTERS_AT + MOST_CHARACTERS * 2)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, CHARACTERS_AT / 4);
    this.#characters = new Uint16Array(memory, CHARACTERS_AT);
  }

  /**
   * Owner: the number of a name.
   *
   * @throws RangeError when there are too many: no module has so many functions
   */
  numberOf(name: string): number {
    return this.#numbers.get(name) ?? this.#add(name);
  }

  /** Worker: the name with that number. */
  nameOf(number: number): string {
    return this.#known[number] ?? this.#read(number);
  }

  #add(name: string): number {
    const number = this.#words[COUNT]!;
    const start = this.#words[USED]!;
    const end = start + name.length;
    if (number === MOST_NAMES || end > MOST_CHARACTERS) {
      throw new RangeError(`${number} names of tasks were submitted, and there is no room for another`);
    }
    for (let i = 0; i < name.length; i++) this.#characters[start + i] = name.charCodeAt(i);
    this.#words[ENDS + number] = end;
    this.#words[USED] = end;
    Atomics.store(this.#words, COUNT, number + 1);
    this.#numbers.set(name, number);
    return number;
  }

  #read(number: number): string {
    // The record that carries the number was put after the name was written.
    if (number >= Atomics.load(this.#words, COUNT)) throw new RangeError(`there is no name ${number}`);
    const start = number === 0 ? 0 : this.#words[ENDS + number - 1]!;
    const name = String.fromCharCode(...this.#characters.subarray(start, this.#words[ENDS + number]));
    this.#known[number] = name;
    return name;
  }
}
