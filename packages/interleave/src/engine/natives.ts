/**
 * The genuine globals, captured when this module loads and used by the engine itself, whose own code must
 * not be instrumented while {@link file://./globals.ts} has the instrumented ones in place.
 */
export const natives = {
  Atomics: globalThis.Atomics,
  SharedArrayBuffer: globalThis.SharedArrayBuffer,
  DataView: globalThis.DataView,
  Date: globalThis.Date,
  Uint8Array: globalThis.Uint8Array,
  Int32Array: globalThis.Int32Array,
  Float64Array: globalThis.Float64Array,
  isView: globalThis.ArrayBuffer.isView,
  now: globalThis.performance.now.bind(globalThis.performance) as () => number,
} as const;

/** Any of the typed arrays that can lie over a `SharedArrayBuffer`; a `Float16Array` too, where there is one. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A typed array's constructor, as far as the engine calls it. */
export type TypedArrayConstructor = {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
  new (length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: object;
  readonly name: string;
};

/** The constructors that the engine replaces, in the order of a view's numeric `kind`. The last is not in every engine. */
export const typedArrayConstructors = [
  globalThis.Int32Array,
  globalThis.Uint32Array,
  globalThis.Int8Array,
  globalThis.Uint8Array,
  globalThis.Uint8ClampedArray,
  globalThis.Int16Array,
  globalThis.Uint16Array,
  globalThis.Float32Array,
  globalThis.Float64Array,
  globalThis.BigInt64Array,
  globalThis.BigUint64Array,
  ...('Float16Array' in globalThis ? [Reflect.get(globalThis, 'Float16Array')] : []),
] as unknown as readonly TypedArrayConstructor[];
