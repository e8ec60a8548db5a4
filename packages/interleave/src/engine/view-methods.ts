import { clamp, toInteger } from './integers.ts';
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

/** A private copy of everything, read as one access. */
const snapshot = (receiver: Receiver): TypedArray =>
  receiver.machine.bulkRead(receiver.view, 0, present(receiver));

/** An array of the view's type over memory of its own. */
function arrayOf({ kind }: View, items: ArrayLike<unknown>): TypedArray {
  const array = new (typedArrayConstructors[kind] as TypedArrayConstructor)(items.length);
  (array as Int32Array).set(items as ArrayLike<number>);
  return array;
}

/** The view as methods of arrays take it. They ask for an element's presence, which those of views do not. */
function elementsOf(receiver: Receiver): object {
  const { machine, view } = receiver;
  return new Proxy(
    { length: present(receiver) },
    {
      get: (target, key) => (key === 'length' ? target.length : machine.plainRead(view, Number(key))),
      has: () => true,
    },
  );
}

type Any = (...args: unknown[]) => unknown;

const arrayMethods = Array.prototype as unknown as Record<string | symbol, Any>;
const arrayMethod = (name: string | symbol): Any => arrayMethods[name] as Any;

/** Methods that read all and run no code meanwhile: they work on a copy. */
const reading =
  (name: string): Method =>
  (receiver, args) => {
    const copy = snapshot(receiver) as unknown as Record<string, Any>;
    return (copy[name] as Any).apply(copy, [...args]);
  };

/** Methods that call back, and so read one element after the other: the callback may write them, or end it early. */
const calling =
  (name: string): Method =>
  (receiver, [callback, ...rest]) => {
    const { proxy } = receiver.view;
    // The last argument is the array that the method works on.
    const withView = function (this: unknown, ...args: unknown[]) {
      return Reflect.apply(callback as Any, this, [...args.slice(0, -1), proxy]);
    };
    return arrayMethod(name).call(
      elementsOf(receiver),
      typeof callback === 'function' ? withView : callback,
      ...rest,
    );
  };

/** Methods that call back and make an array. */
const making =
  (name: string): Method =>
  (receiver, args) =>
    arrayOf(receiver.view, calling(name)(receiver, args) as unknown[]);

/** Methods that make an iterator, which reads the length and an element each time that it is asked. */
const iterating =
  (name: string | symbol): Method =>
  ({ view }) =>
    arrayMethod(name).call(view.proxy);

/** Methods that look for a value from a place on: they read to where they find it, as one access. */
const searching =
  (name: 'indexOf' | 'includes', found: (at: number, from: number) => unknown): Method =>
  (receiver, [item, start]) => {
    const { machine, view } = receiver;
    const length = present(receiver);
    const from = clamp(start, length, 0);
    if (from === length) return found(-1, from);
    // They differ in what they take for the same: `includes` finds NaN.
    const isIn = (value: unknown) => (name === 'includes' ? [value].includes(item) : value === item);
    let end = from;
    while (end < length && !isIn(view.raw[end])) end++;
    // A body that runs again gets what it read before, and the answer from that.
    const stretch = machine.bulkRead(view, from, Math.min(end + 1, length) - from);
    return found((stretch as unknown as unknown[]).findIndex(isIn), from);
  };

/** Methods that change elements in place: they change a copy, which is then written back. */
const changing =
  (name: string): Method =>
  (receiver, args) => {
    const copy = snapshot(receiver);
    (copy as unknown as Record<string, Any>)[name]?.(...args);
    receiver.machine.bulkWrite(receiver.view, 0, copy);
    return receiver.view.proxy;
  };

const all = (names: string, method: (name: string) => Method): Record<string, Method> =>
  Object.fromEntries(names.split(' ').map((name) => [name, method(name)]));

const methods: Record<string | symbol, Method> = {
  ...all('join toLocaleString toReversed toSorted toString with', reading),
  ...all('every find findIndex findLast findLastIndex forEach reduce reduceRight some', calling),
  ...all('filter map', making),
  ...all('entries keys values', iterating),
  ...all('reverse sort', changing),
  [Symbol.iterator]: iterating(Symbol.iterator),
  indexOf: searching('indexOf', (at, from) => (at < 0 ? at : from + at)),
  includes: searching('includes', (at) => at >= 0),

  at(receiver, [index]) {
    const at = toInteger(index);
    return receiver.machine.plainRead(receiver.view, at < 0 ? present(receiver) + at : at);
  },

  lastIndexOf: (receiver, args) => arrayMethod('lastIndexOf').apply(elementsOf(receiver), [...args]),

  set(receiver, [source, offset]) {
    const { machine, view } = receiver;
    const at = toInteger(offset);
    const other = typeof source === 'object' && source !== null ? receiver.views.find(source) : null;
    const items =
      other === null
        ? (source as ArrayLike<number>)
        : machine.bulkRead(other, 0, present({ ...receiver, view: other }));
    const copy = arrayOf(view, items);
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

/** The methods of typed arrays over the scenario's memory. Without a prototype: what objects have besides is not theirs. */
export const viewMethods: Readonly<Record<string | symbol, Method | undefined>> = Object.assign(
  Object.create(null),
  methods,
);
