import type { Machine } from './machine.ts';
import { type TypedArray, type TypedArrayConstructor, typedArrayConstructors } from './natives.ts';
import { lengthOf, type View, type ViewTable } from './view.ts';

/** What a method works on. */
interface Receiver {
  readonly machine: Machine;
  readonly views: ViewTable;
  readonly view: View;
}

export type Method = (receiver: Receiver, args: readonly unknown[]) => unknown;

const present = ({ machine, view }: Receiver): number =>
  view.fixedLength >= 0 || machine.running === null
    ? lengthOf(view)
    : Math.max(0, (machine.size(view, undefined) - view.byteOffset) >> view.shift);

/** A relative index such as `slice` takes, brought into the range 0 to `length`. */
function clamp(value: unknown, length: number, absent: number): number {
  if (value === undefined) return absent;
  const index = Math.trunc(Number(value)) || 0;
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

/** A private copy of everything, read as one access. */
const snapshot = (receiver: Receiver): TypedArray =>
  receiver.machine.bulkRead(receiver.view, 0, present(receiver));

/** Methods that only read: they work on a copy. */
const reading =
  (name: string | symbol): Method =>
  (receiver, args) => {
    const copy = snapshot(receiver) as unknown as Record<string | symbol, (...args: unknown[]) => unknown>;
    return (copy[name] as (...args: unknown[]) => unknown).apply(copy, [...args]);
  };

/** Methods that change elements in place: they change a copy, which is then written back. */
const changing =
  (name: string): Method =>
  (receiver, args) => {
    const copy = snapshot(receiver);
    (copy as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
    receiver.machine.bulkWrite(receiver.view, 0, copy);
    return receiver.view.proxy;
  };

const readingNames = [
  'at entries every filter find findIndex findLast findLastIndex forEach includes indexOf join keys lastIndexOf',
  'map reduce reduceRight some toLocaleString toReversed toSorted toString values with',
]
  .join(' ')
  .split(' ');

/** The methods of typed arrays over the scenario's memory. */
export const viewMethods: Readonly<Record<string | symbol, Method>> = {
  ...Object.fromEntries(readingNames.map((name) => [name, reading(name)])),
  ...Object.fromEntries(['reverse', 'sort'].map((name) => [name, changing(name)])),
  [Symbol.iterator]: reading(Symbol.iterator),

  set(receiver, [source, offset]) {
    const { machine, view } = receiver;
    const at = Math.trunc(Number(offset ?? 0)) || 0;
    const other = typeof source === 'object' && source !== null ? receiver.views.find(source) : null;
    const items =
      other === null
        ? (source as ArrayLike<number>)
        : machine.bulkRead(other, 0, present({ ...receiver, view: other }));
    const copy = new (typedArrayConstructors[view.kind] as TypedArrayConstructor)(items.length);
    (copy as Int32Array).set(items as ArrayLike<number>);
    if (at < 0 || at + copy.length > present(receiver)) throw new RangeError('offset is out of bounds');
    machine.bulkWrite(view, at, copy);
  },

  fill(receiver, [value, start, end]) {
    const length = present(receiver);
    const from = clamp(start, length, 0);
    const count = Math.max(0, clamp(end, length, length) - from);
    const copy = new (typedArrayConstructors[receiver.view.kind] as TypedArrayConstructor)(count);
    (copy as Int32Array).fill(value as number);
    receiver.machine.bulkWrite(receiver.view, from, copy);
    return receiver.view.proxy;
  },

  copyWithin(receiver, [target, start, end]) {
    const length = present(receiver);
    const to = clamp(target, length, 0);
    const from = clamp(start, length, 0);
    const count = Math.min(clamp(end, length, length) - from, length - to);
    if (count > 0)
      receiver.machine.bulkWrite(receiver.view, to, receiver.machine.bulkRead(receiver.view, from, count));
    return receiver.view.proxy;
  },

  slice(receiver, [start, end]) {
    const length = present(receiver);
    const from = clamp(start, length, 0);
    return receiver.machine.bulkRead(receiver.view, from, Math.max(0, clamp(end, length, length) - from));
  },

  subarray(receiver, [start, end]) {
    const { view, views } = receiver;
    const length = present(receiver);
    const from = clamp(start, length, 0);
    const count = Math.max(0, clamp(end, length, length) - from);
    const follows = view.fixedLength < 0 && end === undefined;
    return views.intern(view.buffer, view.kind, view.byteOffset + from * view.size, follows ? -1 : count)
      .proxy;
  },
};
