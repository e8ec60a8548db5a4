import type { ModelBuffer } from './memory.ts';
import type { TypedArray } from './natives.ts';

/** Index of `Int32Array` among the instrumented constructors: the kind with a fast path. */
export const int32Kind = 0;

/** A typed array of the scenario, as the engine sees it. */
export interface View {
  readonly kind: number;
  /** The genuine typed array over the same bytes, up to all the room that the buffer may grow to. */
  readonly raw: TypedArray;
  readonly buffer: ModelBuffer;
  readonly byteOffset: number;
  /** Address of its first element. */
  readonly address: number;
  /** Bytes of an element, and the logarithm of that. */
  readonly size: number;
  readonly shift: number;
  /** Whether its elements are of type bigint. */
  readonly isBigInt: boolean;
  /** Elements; -1 for a view that follows the length of a growable buffer. */
  readonly fixedLength: number;
  /** What the scenario holds in its hands. */
  proxy: object;
}

/** The views that scenarios hold, each of them once. */
export interface ViewTable {
  /** The view behind `array`; null if its memory is not the scenario's. */
  find(array: object): View | null;
  /** The view with these properties; `length` is -1 for one that follows its growable buffer. */
  intern(buffer: ModelBuffer, kind: number, byteOffset: number, length: number): View;
  /** A view over all that the buffer may grow to, for accesses that are about the buffer itself. */
  whole(buffer: ModelBuffer): View;
}

/** The view's present length in elements. */
export function lengthOf(view: View): number {
  if (view.fixedLength >= 0) return view.fixedLength;
  return Math.max(0, ((view.buffer.size[0] as number) - view.byteOffset) >> view.shift);
}
