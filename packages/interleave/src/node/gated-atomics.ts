import { coerce, notifyLimit, wrap } from '../engine/coercions.ts';
import type { TypedArrayConstructor } from '../engine/natives.ts';
import { heldMemory } from '../held-memory.ts';
import type { Gate } from './gate.ts';

/** The buffers that a context holds, in the order in which a walk through it meets them: the same in each thread. */
export function buffersOf(context: unknown): SharedArrayBuffer[] {
  return [...new Set(heldMemory(context).map(({ value }) => ('buffer' in value ? value.buffer : value)))];
}

type Any = (...args: unknown[]) => unknown;

/** A value as `Atomics` takes it for an element of the array, and as the model tells of it. */
const given = (array: Int32Array, value: unknown) =>
  coerce(array instanceof BigInt64Array || array instanceof BigUint64Array, value);

/** A value as an element of the array is compared with it. */
const compared = (array: Int32Array, value: unknown) =>
  wrap(array.constructor as TypedArrayConstructor, given(array, value));

/** An `Atomics` that makes every access to these buffers in the gate's order, and others at once. */
export function gatedAtomics(gate: Gate, buffers: readonly SharedArrayBuffer[]): typeof Atomics {
  const genuine = globalThis.Atomics as unknown as Record<string, Any>;
  /** A number that names the element in every thread; -1 if it is in none of the buffers. */
  const placeOf = (array: Int32Array, index: number): number => {
    const buffer = buffers.indexOf(array.buffer as unknown as SharedArrayBuffer);
    return buffer < 0 ? -1 : buffer * 2 ** 26 + array.byteOffset + index * array.BYTES_PER_ELEMENT;
  };
  const gated = Object.fromEntries(
    ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange'].map((name) => [
      name,
      (array: Int32Array, index: number, ...values: unknown[]) => {
        const access = () => (genuine[name] as Any)(array, index, ...values);
        if (placeOf(array, index) < 0) return access();
        const told = name === 'compareExchange' ? compared : given;
        return gate.access(
          name,
          values.map((value) => told(array, value)),
          access,
        );
      },
    ]),
  );
  // What else there is, such as `pause`, is the genuine one's.
  return Object.assign(Object.create(genuine), gated, {
    wait(array: Int32Array, index: number, value: unknown, timeout?: number) {
      const place = placeOf(array, index);
      if (place < 0) return (genuine['wait'] as Any)(array, index, value, timeout);
      const expected = compared(array, value);
      return gate.wait(place, [expected], () => (genuine['load'] as Any)(array, index) === expected);
    },
    notify(array: Int32Array, index: number, count?: number) {
      const place = placeOf(array, index);
      if (place < 0) return (genuine['notify'] as Any)(array, index, count);
      return gate.notify(place, notifyLimit(count));
    },
  }) as typeof Atomics;
}
