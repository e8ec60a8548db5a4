import { coerce, notifyLimit, wrap } from './coercions.ts';
import type { Machine } from './machine.ts';
import { natives, type TypedArray, type TypedArrayConstructor, typedArrayConstructors } from './natives.ts';
import * as op from './operations.ts';
import { int32Kind, lengthOf, type View } from './view.ts';
import type { Views } from './views.ts';

const bigInt64Kind = 9;
const scratch = new natives.Int32Array(1);

/** Index, or the error that the genuine `Atomics` throws for it. */
function checkIndex(machine: Machine, view: View, index: number): number {
  const at = typeof index === 'number' ? index : Number(index);
  const integer = Math.trunc(at) || 0;
  // Float arrays are refused by the genuine function as well.
  if (integer < 0 || integer >= lengthOf(view)) {
    // Where that may change, no access tells how it was.
    if (view.fixedLength < 0 && machine.running !== null) machine.forgoLocalStates();
    throw new RangeError('Invalid atomic access index');
  }
  natives.Atomics.load(view.raw as Int32Array, integer);
  return integer;
}

/** Throws as the genuine `wait` and `notify` do for elements that nobody can wait for. */
function mustBeWaitable(view: View): void {
  if (view.kind === int32Kind || view.kind === bigInt64Kind) return;
  throw new TypeError('[object Array] is not an int32 or BigInt64 typed array.');
}

const constructorOf = ({ kind }: View) => typedArrayConstructors[kind] as TypedArrayConstructor;

/** An `Atomics` whose functions go to the machine for memory of the scenario, else to the genuine ones. */
export function instrumentAtomics(machine: Machine, views: Views): typeof Atomics {
  const native = natives.Atomics as unknown as Record<string, (...args: unknown[]) => unknown>;

  const viewOf = (array: TypedArray) =>
    views.find(array) ?? (machine.memory.trailing ? null : views.adopt(array));

  const readModifyWrite = (name: string, operation: number) => {
    const genuine = native[name] as (...args: unknown[]) => unknown;
    return (array: TypedArray, index: number, value: unknown) => {
      const view = viewOf(array);
      if (view === null) return genuine(array, index, value);
      if (
        view.kind === int32Kind &&
        index >>> 0 === index &&
        index < view.fixedLength &&
        typeof value === 'number' &&
        (value | 0) === value
      ) {
        return machine.atomic(operation, view, index, value, 0);
      }
      return machine.atomic(
        operation,
        view,
        checkIndex(machine, view, index),
        coerce(view.isBigInt, value),
        0,
      );
    };
  };

  const instrumented = {
    load(array: TypedArray, index: number) {
      const view = viewOf(array);
      if (view === null) return natives.Atomics.load(array as Int32Array, index);
      if (view.kind === int32Kind && index >>> 0 === index && index < view.fixedLength) {
        return machine.atomic(op.load, view, index, 0, 0);
      }
      return machine.atomic(op.load, view, checkIndex(machine, view, index), 0, 0);
    },
    store: readModifyWrite('store', op.store),
    add: readModifyWrite('add', op.add),
    sub: readModifyWrite('sub', op.sub),
    and: readModifyWrite('and', op.and),
    or: readModifyWrite('or', op.or),
    xor: readModifyWrite('xor', op.xor),
    exchange: readModifyWrite('exchange', op.exchange),
    compareExchange(array: TypedArray, index: number, expected: unknown, replacement: unknown) {
      const view = viewOf(array);
      if (view === null) {
        return natives.Atomics.compareExchange(
          array as Int32Array,
          index,
          expected as number,
          replacement as number,
        );
      }
      if (
        view.kind === int32Kind &&
        index >>> 0 === index &&
        index < view.fixedLength &&
        typeof expected === 'number' &&
        (expected | 0) === expected &&
        typeof replacement === 'number'
      ) {
        return machine.atomic(op.compareExchange, view, index, expected, replacement | 0);
      }
      const at = checkIndex(machine, view, index);
      const given = wrap(constructorOf(view), coerce(view.isBigInt, expected));
      const value = wrap(constructorOf(view), coerce(view.isBigInt, replacement));
      return machine.atomic(op.compareExchange, view, at, given, value);
    },
    wait(array: TypedArray, index: number, value: unknown, timeout?: number) {
      // No access that takes memory in: setup may sleep on what nobody wakes.
      const view = views.find(array);
      const number = timeout === undefined ? Number.NaN : Number(timeout);
      const milliseconds = Number.isNaN(number) ? Number.POSITIVE_INFINITY : Math.max(0, number);
      if (view === null) {
        if (machine.running === null)
          return natives.Atomics.wait(array as Int32Array, index, value as number, timeout);
        // The error is that of the genuine function.
        if (!(array.buffer instanceof natives.SharedArrayBuffer))
          natives.Atomics.wait(array as Int32Array, 0, 0, 0);
        // Memory that only this thread can reach: a way to sleep.
        if (natives.Atomics.load(array as Int32Array, index) !== coerceLike(array, value)) return 'not-equal';
        return machine.wait(null, 0, 0, milliseconds);
      }
      mustBeWaitable(view);
      const at = checkIndex(machine, view, index);
      const expected = wrap(constructorOf(view), coerce(view.isBigInt, value));
      return machine.wait(view, at, expected, milliseconds);
    },
    notify(array: TypedArray, index: number, count?: number) {
      const view = viewOf(array);
      if (view === null) return natives.Atomics.notify(array as Int32Array, index, count);
      mustBeWaitable(view);
      const at = checkIndex(machine, view, index);
      return machine.notify(view, at, notifyLimit(count));
    },
    waitAsync(...args: unknown[]) {
      machine.unsupported('Atomics.waitAsync: bodies are synchronous, so use the blocking verb there');
      return native['waitAsync']?.(...args);
    },
    isLockFree: (size: number) => natives.Atomics.isLockFree(size),
    /** Nothing happens in a pause that a model could see. */
    pause: () => undefined,
    [Symbol.toStringTag]: 'Atomics',
  };
  return instrumented as unknown as typeof Atomics;
}

function coerceLike(array: TypedArray, value: unknown): number | bigint {
  if (typeof value === 'bigint' || array.constructor !== natives.Int32Array) return value as bigint;
  scratch[0] = Number(value);
  return scratch[0];
}
