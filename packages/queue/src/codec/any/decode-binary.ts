import type { ByteReader } from '../byte-reader.ts';
import { ERROR_NAMES, VIEW_NAMES } from './format.ts';
import { elementBytes, type ViewClass, viewClass } from './view-class.ts';

/** Reads the rest of a resizable buffer. */
export function readResizable(reader: ByteReader): ArrayBuffer {
  const length = reader.count();
  const maximum = reader.count();
  const at = reader.take(length);
  // The maximum reserves addresses, not memory; the constructor refuses one that is too large or too small.
  const buffer = new ArrayBuffer(length, { maxByteLength: maximum });
  new Uint8Array(buffer).set(reader.bytes.subarray(at, at + length));
  return buffer;
}

/**
 * The view of `byteLength` bytes at `byteOffset`; the constructor checks alignment and bounds.
 * Throws for a kind that this engine does not know (Float16Array before 2025).
 */
export function makeView(
  kind: number,
  tracksLength: boolean,
  byteOffset: number,
  byteLength: number,
  buffer: ArrayBuffer,
): ArrayBufferView {
  const name = VIEW_NAMES[kind] ?? `view number ${kind}`;
  const View = viewClass(name);
  if (View === undefined) throw new TypeError(`This JavaScript engine has no ${name}.`);
  if (tracksLength) return makeFollower(View, byteOffset, byteLength, buffer);
  return new View(buffer, byteOffset, byteLength / elementBytes(View));
}

/** A view that follows the length of `buffer`, and shows `byteLength` bytes of it now. */
function makeFollower(
  View: ViewClass,
  byteOffset: number,
  byteLength: number,
  buffer: ArrayBuffer,
): ArrayBufferView {
  const shown = byteOffset + byteLength;
  // Node 20 makes no view that follows a buffer which ends within an element: it ends before that one meanwhile.
  const rest = new Uint8Array(buffer).slice(shown);
  if (rest.length > 0) buffer.resize(shown);
  const view = new View(buffer, byteOffset);
  if (rest.length > 0) {
    buffer.resize(shown + rest.length);
    new Uint8Array(buffer).set(rest, shown);
  }
  return view;
}

type ErrorConstructor = new (...parameters: unknown[]) => Error;

const errorConstructors = ERROR_NAMES.map(
  (name) => (globalThis as unknown as Record<string, ErrorConstructor | undefined>)[name],
);

/** An error of a built-in class without any contents yet; where the engine has no such class, one that shows its name. */
export function makeError(classIndex: number): Error {
  const name = ERROR_NAMES[classIndex];
  if (name === undefined) throw new TypeError(`Class of error number ${classIndex} is not known.`);
  const Class = errorConstructors[classIndex];
  if (Class === undefined) {
    const error = new Error();
    define(error, 'name', name, false);
    return error;
  }
  // AggregateError insists on a list; others would take it for a message.
  return name === 'AggregateError' ? new Class([]) : new Class();
}

/** A DOMException; where the platform has none, a plain error that shows the same. */
export function makeException(name: string, message: string): Error {
  if (typeof DOMException === 'function') return new DOMException(message, name);
  const error = new Error();
  define(error, 'message', message, false);
  define(error, 'name', name, false);
  return error;
}

/**
 * Makes a property, whatever `holder` inherits: not enumerable, as the language makes an error's message, or as a usual
 * field.
 */
export function define(holder: object, key: string, value: unknown, enumerable: boolean): void {
  // Else a `get` on Object.prototype would be taken for one of this property's.
  const descriptor = { __proto__: null, value, enumerable, writable: true, configurable: true };
  Object.defineProperty(holder, key, descriptor as PropertyDescriptor);
}
