import { shortText } from './text.ts';

/** Slots; a power of two. Two hundred different property names in one program are many. */
const SLOTS = 512;

/**
 * Property names seen lately, found by their bytes.
 *
 * Items of one queue mostly share their property names. Finding the engine's own (interned) string by
 * comparing bytes is several times faster than building a new string that the engine then has to intern.
 * A slot holds the last name that hashed to it; a collision costs time, never correctness.
 */
export class KeyCache {
  readonly #names: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #inherited: boolean[] = new Array(SLOTS).fill(false);

  /**
   * Whether every object inherits a property of the name that was got last: it stands on `Object.prototype`, or did
   * so when the name was first met. Assigning to it may then do something else than make a property.
   */
  isInherited = false;

  /** The string of `length` (0…63) one-byte units at `start`. */
  get(bytes: Uint8Array, start: number, length: number): string {
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[start + i]!) | 0;
    const slot = (hash ^ (hash >>> 9)) & (SLOTS - 1);
    const name = this.#names[slot];
    if (name !== undefined && name.length === length && matches(name, bytes, start)) {
      this.isInherited = this.#inherited[slot]!;
      return name;
    }
    return this.#remember(slot, shortText(bytes, start, length));
  }

  #remember(slot: number, text: string): string {
    // Taken from an object, the string is the interned one.
    const name = Object.keys({ [text]: 0 })[0]!;
    this.#names[slot] = name;
    this.isInherited = name in Object.prototype;
    this.#inherited[slot] = this.isInherited;
    return name;
  }
}

function matches(name: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
