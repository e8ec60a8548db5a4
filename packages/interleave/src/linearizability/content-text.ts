/**
 * A text that two values share if and only if they have the same content, as a value and its structured clone have: a
 * queue gives copies of what was put. Also for people to read.
 *
 * By content means: primitives as `Object.is` tells them apart; arrays with their holes, plain objects and those of
 * classes by their own enumerable properties in any order; `Date`, `RegExp`, `Map`, `Set`, boxed primitives, buffers and
 * views by what they hold; errors by name, message, cause and own properties. Whether two parts are one object makes no
 * difference, except that a value may contain itself. Functions are told apart by identity; symbols by their
 * description; shared memory, of which a copy is the same memory in another object, by its length.
 */
export function contentText(value: unknown): string {
  return textOf(value, []);
}

/** @param around the objects that the value lies in, outermost first */
function textOf(value: unknown, around: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return `function ${value.name}#${identityOf(value)}`;
    case 'object':
      return value === null ? 'null' : textOfObject(value, around);
    default:
      return String(value);
  }
}

type TextOf = (part: unknown) => string;

function textOfObject(value: object, around: readonly object[]): string {
  const depth = around.indexOf(value);
  if (depth >= 0) return `^${around.length - depth}`;
  const inside = [...around, value];
  const text: TextOf = (part) => textOf(part, inside);
  const list = (parts: Iterable<unknown>) => Array.from(parts, text).join();
  if (Array.isArray(value)) return textOfArray(value, text);
  if (value instanceof Map) return `Map(${Array.from(value, (entry) => entry.map(text).join('=>')).join()})`;
  if (value instanceof Set) return `Set(${list(value)})`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${list(new Uint8Array(value))})`;
  if (value instanceof SharedArrayBuffer) return `SharedArrayBuffer(${value.byteLength})`;
  if (ArrayBuffer.isView(value)) return textOfView(value, text);
  if (value instanceof Error) {
    return `${text(value.name)}(${text(value.message)},${text(value.cause)})${textOfProperties(value, text)}`;
  }
  const isBoxed = [Boolean, Number, String, BigInt].some((type) => value instanceof type);
  return isBoxed ? `Object(${text(value.valueOf())})` : textOfProperties(value, text);
}

/** An array's elements; a hole is none, and tells itself from an element that is undefined. */
function textOfArray(value: readonly unknown[], text: TextOf): string {
  return `[${Array.from(value, (part, at) => (at in value ? text(part) : '<hole>')).join()}]`;
}

function textOfView(value: ArrayBufferView, text: TextOf): string {
  const { buffer, byteOffset, byteLength } = value;
  const isTyped = !(value instanceof DataView);
  // The class of the language, not one that extends it, as Node's Buffer does: copies have that.
  const type = isTyped ? String(Reflect.get(value, Symbol.toStringTag)) : 'DataView';
  if (!(buffer instanceof ArrayBuffer)) return `${type}(shared,${byteOffset},${byteLength})`;
  const parts = isTyped
    ? (value as unknown as Iterable<unknown>)
    : new Uint8Array(buffer, byteOffset, byteLength);
  return `${type}(${Array.from(parts, text).join()})`;
}

function textOfProperties(value: object, text: TextOf): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${text(part)}`).join()}}`;
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(value, identity);
  }
  return identity;
}
