import type { ByteReader } from '../byte-reader.ts';
import { ObjectShape } from './object-shape.ts';

/** Slots; a power of two. */
const SLOTS = 64;

/** How often a slot is met before a shape is made for it: that costs as much as some hundred objects. */
const OFTEN = 200;

/** The shapes that objects had lately, found by the number of their properties and the beginning of the first name. */
export class ShapeCache {
  readonly #shapes: (ObjectShape | undefined)[] = new Array(SLOTS).fill(undefined);
  /** For each slot, how many objects it is until the next shape is made. */
  readonly #left: number[] = new Array(SLOTS).fill(OFTEN);
  readonly #patience: number[] = new Array(SLOTS).fill(OFTEN);

  /** Number of the slot of the object whose count of properties is the next byte. */
  slotOf(reader: ByteReader): number {
    const { bytes, position } = reader;
    const count = bytes[position]!;
    // With the tag of the first name, which has its length, and its first two units.
    const name = bytes[position + 1]! ^ (bytes[position + 2]! << 2) ^ (bytes[position + 3]! << 4);
    return (Math.imul(count, 7) ^ name ^ (name >>> 6)) & (SLOTS - 1);
  }

  /** The shape that the next object probably has. */
  at(slot: number): ObjectShape | undefined {
    return this.#shapes[slot];
  }

  /** Notes an object of this slot that was not made by the slot's shape. */
  note(slot: number, made: object): void {
    this.#left[slot]!--;
    if (this.#left[slot]! > 0) return;
    // Shapes that take turns in a slot are made ever more rarely.
    this.#patience[slot]! *= 2;
    this.#left[slot] = this.#patience[slot]!;
    const shape = this.#shapes[slot];
    // Of a shape that is no use another one would be none either; other shapes may share the slot, though.
    if (shape === undefined || shape.isUsable || !isLike(made, shape))
      this.#shapes[slot] = ObjectShape.of(made);
  }
}

function isLike(object: object, { names }: ObjectShape): boolean {
  const keys = Object.keys(object);
  return keys.length === names.length && keys.every((key, index) => key === names[index]);
}
