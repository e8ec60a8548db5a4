import { heldMemory } from '../held-memory.ts';
import type { Gate } from './gate.ts';

/** The buffers that a context holds, in the order in which a walk through it meets them: the same in each thread. */
export function buffersOf(context: unknown): SharedArrayBuffer[] {
  return [...new Set(heldMemory(context).map(({ value }) => ('buffer' in value ? value.buffer : value)))];
}

type Any = (...args: unknown[]) => unknown;

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
        return placeOf(array, index) < 0 ? access() : gate.access(name, values, access);
      },
    ]),
  );
  // What else there is, such as `pause`, is the genuine one's.
  return Object.assign(Object.create(genuine), gated, {
    wait(array: Int32Array, index: number, value: number, timeout?: number) {
      const place = placeOf(array, index);
      if (place < 0) return (genuine['wait'] as Any)(array, index, value, timeout);
      return gate.wait(place, [value], () => (genuine['load'] as Any)(array, index) === value);
    },
    notify(array: Int32Array, index: number, count?: number) {
      const place = placeOf(array, index);
      if (place < 0) return (genuine['notify'] as Any)(array, index, count);
      return gate.notify(place, count ?? Number.POSITIVE_INFINITY);
    },
  }) as typeof Atomics;
}
