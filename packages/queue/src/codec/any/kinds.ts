import { isError, isObjectPrototype, ownDataValue } from '@pkg/sync/kernel';
import {
  isArrayBuffer,
  isBoxedBigInt,
  isBoxedBoolean,
  isBoxedNumber,
  isBoxedString,
  isDate,
  isMap,
  isRegExp,
  isSet,
} from '../intrinsics.ts';

/** How an object (not an array) is written; named after the tags, `object` for plain properties. */
export type Kind =
  | 'object'
  | 'map'
  | 'set'
  | 'date'
  | 'regExp'
  | 'number'
  | 'string'
  | 'boolean'
  | 'bigIntObject'
  | 'buffer'
  | 'view'
  | 'error';

/** Marks shared objects (a Mutex, a Queue, a third party's): see `handle` in `@pkg/sync`. */
export const SHARED_HANDLE: unique symbol = Symbol.for('@pkg/sync.handle') as never;

/**
 * Kinds by prototype: instances of one class are alike. Only what can be carried is remembered, so that an
 * impostor (`Object.create(Map.prototype)`) met first cannot shut out the real ones.
 */
const kinds = new WeakMap<object, Kind>();

/** The kind of an object with prototype `proto`, or undefined if bytes cannot carry it. */
export function kindOf(value: object, proto: object): Kind | undefined {
  const known = kinds.get(proto);
  if (known !== undefined) return known;
  const kind = classify(value, proto);
  if (kind !== undefined) kinds.set(proto, kind);
  return kind;
}

function classify(value: object, proto: object): Kind | undefined {
  if (ArrayBuffer.isView(value)) return 'view';
  if (isArrayBuffer(value)) return 'buffer';
  if (isMap(value)) return 'map';
  if (isSet(value)) return 'set';
  if (isDate(value)) return 'date';
  if (isRegExp(value)) return 'regExp';
  if (isError(value)) return 'error';
  if (isBoxedNumber(value)) return 'number';
  if (isBoxedString(value)) return 'string';
  if (isBoxedBoolean(value)) return 'boolean';
  if (isBoxedBigInt(value)) return 'bigIntObject';
  return isOpaque(proto) || holdsHandle(value) ? undefined : 'object';
}

const { dispose, asyncDispose } = Symbol as { dispose?: symbol; asyncDispose?: symbol };

/**
 * Whether instances of a class hold something that their own properties do not show: an engine's slot
 * (Promise, WeakMap, a generator), a platform's object (MessagePort, Blob, CryptoKey, Node's BlockList) or a resource
 * that wants to be disposed of (a FileHandle). Carried by their properties they would arrive as empty shells.
 */
function isOpaque(proto: object): boolean {
  for (let link: object | null = proto; link !== null; link = Object.getPrototypeOf(link)) {
    if (isObjectPrototype(link)) return false;
    if (hasOwn(link, dispose) || hasOwn(link, asyncDispose) || clonesItsOwnWay(link)) return true;
    const constructor = ownDataValue(link, 'constructor');
    const tagged = hasOwn(link, Symbol.toStringTag);
    if (typeof constructor !== 'function') {
      // Prototypes of generators and iterators have a tag and no class.
      if (tagged) return true;
    } else if (ownDataValue(constructor, 'prototype') === link) {
      if (isNative(constructor) || (tagged && isGlobal(constructor))) return true;
    }
  }
  return false;
}

/**
 * Whether an instance of a class keeps an object of the platform's own under a symbol, as Node's classes in JavaScript do
 * with what they are a front for (an open `fs.Dir`, an `ECDH`): a native class that nobody can name.
 */
function holdsHandle(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((key) => {
    const held = ownDataValue(value, key);
    if (typeof held !== 'object' || held === null) return false;
    const proto: object | null = Object.getPrototypeOf(held);
    const constructor = proto === null ? undefined : ownDataValue(proto, 'constructor');
    if (typeof constructor !== 'function' || !isNative(constructor)) return false;
    const name = ownDataValue(constructor, 'name');
    return typeof name === 'string' && !(name in globalThis);
  });
}

/**
 * Whether a class of Node's, written in JavaScript, tells structured clone what is behind its properties. It does so by
 * symbols that only Node has.
 */
const clonesItsOwnWay = (prototype: object): boolean =>
  Object.getOwnPropertySymbols(prototype).some(({ description }) =>
    /^messaging_\w+_symbol$/.test(description ?? ''),
  );

const hasOwn = (holder: object, key: symbol | undefined): boolean =>
  key !== undefined && Object.hasOwn(holder, key);

/** A class that the engine or the platform wrote in its own language. */
function isNative(constructor: object): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(constructor));
}

/** A class that the platform offers to everybody, such as the streams and Blob, even if written in JS. */
function isGlobal(constructor: object): boolean {
  const name = ownDataValue(constructor, 'name');
  return typeof name === 'string' && (globalThis as Record<string, unknown>)[name] === constructor;
}
