/**
 * The language's own ways to tell what an object really is. They look at internal slots, so they are right
 * for objects of another realm (an iframe, a `vm` context) and cannot be fooled by a changed prototype.
 */

type Getter = (this: unknown) => unknown;

const getter = (holder: object, key: PropertyKey): Getter =>
  Object.getOwnPropertyDescriptor(holder, key)!.get as Getter;

/** A test that is true if `method` accepts the value as its receiver. */
const accepts =
  (method: (this: never) => unknown) =>
  (value: unknown): boolean => {
    try {
      method.call(value as never);
      return true;
    } catch {
      return false;
    }
  };

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayTag = getter(TypedArrayPrototype, Symbol.toStringTag);

/** `'Uint8Array'`, …, or `'DataView'`, whatever class the view was made by. */
export function viewName(view: ArrayBufferView): string {
  return (typedArrayTag.call(view) as string | undefined) ?? 'DataView';
}

export const viewBuffer = {
  typed: getter(TypedArrayPrototype, 'buffer'),
  data: getter(DataView.prototype, 'buffer'),
};
export const viewByteOffset = {
  typed: getter(TypedArrayPrototype, 'byteOffset'),
  data: getter(DataView.prototype, 'byteOffset'),
};
export const viewByteLength = {
  typed: getter(TypedArrayPrototype, 'byteLength'),
  data: getter(DataView.prototype, 'byteLength'),
};
/** Throws a TypeError for a typed array whose buffer was detached or shrunk away under it. */
export const assertViewInBounds = (view: ArrayBufferView): void => {
  Uint8Array.prototype.values.call(view as Uint8Array);
};

export const arrayBufferByteLength = getter(ArrayBuffer.prototype, 'byteLength');
export const isArrayBuffer = accepts(arrayBufferByteLength);

export const isDate = accepts(Date.prototype.getTime);
export const isMap = accepts(getter(Map.prototype, 'size'));
export const isSet = accepts(getter(Set.prototype, 'size'));
export const isBoxedNumber = accepts(Number.prototype.valueOf);
export const isBoxedString = accepts(String.prototype.valueOf);
export const isBoxedBoolean = accepts(Boolean.prototype.valueOf);
export const isBoxedBigInt = accepts(BigInt.prototype.valueOf);

export const regExpSource = getter(RegExp.prototype, 'source');
export const regExpFlags = getter(RegExp.prototype, 'flags');
const acceptsRegExp = accepts(regExpSource);
// `source` also accepts RegExp.prototype itself, which is an ordinary object.
export const isRegExp = (value: unknown): boolean => value !== RegExp.prototype && acceptsRegExp(value);
