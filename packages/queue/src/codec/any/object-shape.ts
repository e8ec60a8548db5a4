import type { ByteReader } from '../byte-reader.ts';
import { MAX_SHORT_TEXT, TAG } from './format.ts';

/** Objects with more properties are rare, and no faster this way. */
const MOST_PROPERTIES = 24;

/** Whether code may be made from text here: a page's content security policy or a flag of Node may forbid it. */
let mayCompile = true;

/** Objects that have the same property names in the same order, and how they are made in one go. */
export class ObjectShape {
  readonly names: readonly string[];
  /** Whether one of the names was on `Object.prototype` when the shape was made; see `KeyCache.isInherited`. */
  readonly inherits: boolean;
  /** Each name as the format has it, its tag included. */
  readonly #encoded: readonly (readonly number[])[];
  readonly #make: (values: readonly unknown[]) => object;
  /** Cleared when an object of this shape turned out to hold itself: it must exist before its values do. */
  isUsable = true;

  private constructor(names: readonly string[], make: (values: readonly unknown[]) => object) {
    this.names = names;
    this.inherits = names.some((name) => name in Object.prototype);
    this.#encoded = names.map((name) => [
      TAG.shortText | name.length,
      ...Array.from(name, (unit) => unit.charCodeAt(0)),
    ]);
    this.#make = make;
  }

  /**
   * The shape of the objects that are like `example`, if they are made faster by it.
   *
   * A literal gives an object all its properties at once: adding them one by one, by names that vary from shape to shape,
   * takes ten times as long (V8). A literal with names that are known only now has to be compiled.
   */
  static of(example: object): ObjectShape | undefined {
    const names = Object.keys(example);
    if (!mayCompile || names.length === 0 || names.length > MOST_PROPERTIES || !names.every(isSimple)) return;
    const properties = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`);
    try {
      return new ObjectShape(names, new Function('values', `return { ${properties.join(', ')} };`) as never);
    } catch (error) {
      mayCompile = !(error instanceof EvalError);
      return undefined;
    }
  }

  /** Steps over name number `index`, if that is what comes next. */
  readName(reader: ByteReader, index: number): boolean {
    const encoded = this.#encoded[index]!;
    const { bytes, position } = reader;
    const length = encoded.length;
    if (position + length > reader.end) return false;
    for (let i = 0; i < length; i++) if (bytes[position + i] !== encoded[i]) return false;
    reader.position = position + length;
    return true;
  }

  /** An object with these values, in the order of the names. A literal asks no prototype. */
  make(values: readonly unknown[]): object {
    return this.#make(values);
  }
}

/** Names that the format has in its short form; in a literal, `__proto__` would be something else than a property. */
function isSimple(name: string): boolean {
  if (name.length > MAX_SHORT_TEXT || name === '__proto__') return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0xff) return false;
  return true;
}
