import { instrumentDataView } from './data-view.ts';
import { toInteger } from './integers.ts';
import type { Machine } from './machine.ts';
import type { ModelBuffer } from './memory.ts';
import { natives, type TypedArrayConstructor, typedArrayConstructors } from './natives.ts';
import type { View, ViewTable } from './view.ts';
import { type Method, viewMethods } from './view-methods.ts';

/** Index of `Uint8Array` among the instrumented constructors. */
const byteKind = 3;

/**
 * The views that scenarios hold: proxies of genuine typed arrays, one for each buffer, type, offset and length.
 * Sharing them makes running a body again cheap, and is not to be noticed: a view has no state of its own.
 */
export class Views implements ViewTable {
  readonly #machine: Machine;
  readonly #views = new WeakMap<object, View | null>();
  readonly #dataViews = new WeakSet<object>();
  readonly #interned = new Map<ModelBuffer, Map<number, Map<number, View>>>();
  /** The last two answers of {@link find}: bodies mostly alternate between few views. */
  #lastKey: object | null = null;
  #lastView: View | null = null;
  #earlierKey: object | null = null;
  #earlierView: View | null = null;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  find(array: object): View | null {
    if (array === this.#lastKey) return this.#lastView;
    if (array === this.#earlierKey) return this.#earlierView;
    let view = this.#views.get(array);
    if (view === undefined) {
      view = this.#findNative(array);
      if (typeof array !== 'object' || array === null) return null;
      // Until setup has ended, its memory may still become the scenario's.
      if (view === null && !this.#machine.memory.trailing) return null;
      this.#views.set(array, view);
    }
    this.#earlierKey = this.#lastKey;
    this.#earlierView = this.#lastView;
    this.#lastKey = array;
    this.#lastView = view;
    return view;
  }

  /** What {@link find} gives for an array that setup accesses: shared memory from before comes to be the scenario's so. */
  adopt(array: object): View | null {
    if (!natives.isView(array) || !(array.buffer instanceof natives.SharedArrayBuffer)) return null;
    this.#machine.memory.adopt(array.buffer);
    return this.find(array);
  }

  /** Whether all accesses by the typed array or `DataView` go to the machine, and not only atomic ones. */
  sees(view: object): boolean {
    return this.#dataViews.has(view) || this.#views.get(view)?.proxy === view;
  }

  /** A genuine view that was made over the scenario's memory before the constructors were replaced. */
  #findNative(array: object): View | null {
    if (!natives.isView(array) || array instanceof natives.DataView) return null;
    const buffer = this.#machine.memory.find(array.buffer);
    if (buffer === undefined) return null;
    const kind = typedArrayConstructors.indexOf(array.constructor as unknown as TypedArrayConstructor);
    return kind < 0 ? null : this.intern(buffer, kind, array.byteOffset, (array as Int32Array).length);
  }

  intern(buffer: ModelBuffer, kind: number, byteOffset: number, length: number): View {
    let byPlace = this.#interned.get(buffer);
    if (byPlace === undefined) {
      byPlace = new Map();
      this.#interned.set(buffer, byPlace);
    }
    const place = byteOffset * 16 + kind;
    let byLength = byPlace.get(place);
    if (byLength === undefined) {
      byLength = new Map();
      byPlace.set(place, byLength);
    }
    let view = byLength.get(length);
    if (view === undefined) {
      view = this.#make(buffer, kind, byteOffset, length);
      byLength.set(length, view);
    }
    return view;
  }

  /** Every view made so far over the scenario's memory. */
  *all(): Generator<View> {
    for (const byPlace of this.#interned.values()) {
      for (const byLength of byPlace.values()) yield* byLength.values();
    }
  }

  #make(buffer: ModelBuffer, kind: number, byteOffset: number, length: number): View {
    const constructor = typedArrayConstructors[kind] as TypedArrayConstructor;
    const size = constructor.BYTES_PER_ELEMENT;
    const all = Math.floor((buffer.words.length * 4 - byteOffset) / size);
    const view: View = {
      kind,
      raw: new constructor(buffer.buffer, byteOffset, length < 0 ? all : length),
      buffer,
      byteOffset,
      address: buffer.base + byteOffset,
      size,
      shift: Math.log2(size),
      isBigInt: constructor.name.startsWith('Big'),
      fixedLength: length,
      proxy: buffer.buffer,
    };
    view.proxy = new Proxy(view.raw, new ViewHandler(this.#machine, this, view)) as object;
    this.#views.set(view.proxy, view);
    return view;
  }

  /** What `new Type(buffer, byteOffset, length)` gives for a buffer of the scenario. */
  construct(buffer: ModelBuffer, kind: number, byteOffset: unknown, length: unknown): object {
    const { BYTES_PER_ELEMENT: size, name } = typedArrayConstructors[kind] as TypedArrayConstructor;
    const offset = toInteger(byteOffset);
    if (offset < 0 || offset % size !== 0) {
      throw new RangeError(`start offset of ${name} should be a multiple of ${size}`);
    }
    const available = buffer.growable
      ? this.#machine.size(this.whole(buffer), undefined)
      : (buffer.size[0] as number);
    if (length === undefined) {
      if (offset > available)
        throw new RangeError(`Start offset ${offset} is outside the bounds of the buffer`);
      if (buffer.growable) return this.intern(buffer, kind, offset, -1).proxy;
      if ((available - offset) % size !== 0) {
        throw new RangeError(`byte length of ${name} should be a multiple of ${size}`);
      }
      return this.intern(buffer, kind, offset, (available - offset) / size).proxy;
    }
    const count = toInteger(length);
    if (count < 0 || offset + count * size > available) {
      throw new RangeError(`Invalid typed array length: ${String(length)}`);
    }
    return this.intern(buffer, kind, offset, count).proxy;
  }

  whole(buffer: ModelBuffer): View {
    return this.intern(buffer, byteKind, 0, buffer.words.length * 4);
  }

  /** What `new DataView(buffer, byteOffset, byteLength)` gives for a buffer of the scenario. */
  constructDataView(buffer: ModelBuffer, byteOffset: unknown, byteLength: unknown): object {
    const view = instrumentDataView(this.#machine, this, buffer, byteOffset, byteLength);
    this.#dataViews.add(view);
    return view;
  }
}

/** The traps of a view's proxy: elements go to the machine, everything else to the genuine array. */
class ViewHandler implements ProxyHandler<object> {
  readonly #machine: Machine;
  readonly #views: Views;
  readonly #view: View;
  readonly #methods = new Map<string | symbol, unknown>();

  constructor(machine: Machine, views: Views, view: View) {
    this.#machine = machine;
    this.#views = views;
    this.#view = view;
  }

  get(target: object, key: string | symbol): unknown {
    const view = this.#view;
    if (typeof key === 'string') {
      const first = key.charCodeAt(0);
      if (first >= 48 && first <= 57) return this.#machine.plainRead(view, +key);
      switch (key) {
        case 'length':
          return this.#length();
        case 'byteLength':
          return this.#length() * view.size;
        case 'byteOffset':
          return view.byteOffset;
        case 'buffer':
          return view.buffer.buffer;
      }
    }
    const known = this.#methods.get(key);
    if (known !== undefined) return known;
    const method = viewMethods[key];
    if (method !== undefined) {
      const seen = this.#seeing(method, key, target);
      this.#methods.set(key, seen);
      return seen;
    }
    // The one in place, which sees the views that it makes, and not the genuine one.
    if (key === 'constructor') return Reflect.get(globalThis, this.#constructorName);
    return Reflect.get(target, key, target);
  }

  /** The method `key` of views; of other typed arrays too, on which it may be called as well. */
  #seeing(method: Method, key: string | symbol, target: object): unknown {
    const machine = this.#machine;
    const views = this.#views;
    const own = this.#view;
    return function (this: object, ...args: unknown[]): unknown {
      const view = this === own.proxy ? own : views.find(this);
      if (view !== null) return method({ machine, views, view }, args);
      return Reflect.apply(Reflect.get(target, key), this, args) as unknown;
    };
  }

  set(target: object, key: string | symbol, value: unknown): boolean {
    if (typeof key === 'string') {
      const first = key.charCodeAt(0);
      if (first >= 48 && first <= 57) {
        // Coerced before the access, as the language does: the coercion may run user code.
        this.#machine.plainWrite(
          this.#view,
          +key,
          this.#view.isBigInt ? BigInt.asIntN(64, value as bigint) : +(value as number),
        );
        return true;
      }
    }
    return Reflect.set(target, key, value, target);
  }

  has(target: object, key: string | symbol): boolean {
    return isIndex(key) ? +key < this.#length() : Reflect.has(target, key);
  }

  ownKeys(target: object): (string | symbol)[] {
    const others = Reflect.ownKeys(target).filter((key) => !isIndex(key));
    return [...Array.from({ length: this.#length() }, (_, index) => String(index)), ...others];
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    if (!isIndex(key)) return Reflect.getOwnPropertyDescriptor(target, key);
    if (+key >= this.#length()) return undefined;
    const value = this.#machine.plainRead(this.#view, +key);
    return { value, writable: true, enumerable: true, configurable: true };
  }

  get #constructorName(): string {
    return (typedArrayConstructors[this.#view.kind] as TypedArrayConstructor).name;
  }

  #length(): number {
    const view = this.#view;
    if (view.fixedLength >= 0) return view.fixedLength;
    const size = this.#machine.size(view, undefined);
    return Math.max(0, (size - view.byteOffset) >> view.shift);
  }
}

/** Whether the key is that of an element, there or not. */
const isIndex = (key: string | symbol): key is string =>
  typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key);
