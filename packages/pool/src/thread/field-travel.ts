/**
 * Carries the fields of a Thread object to its thread. Values travel by structured clone. Shared objects,
 * anywhere inside plain objects, arrays, Maps and Sets, travel by handle, and errors with their class, name and own
 * fields: the clone has an empty object in the place of each, and a list beside it says what each of these stands for.
 * (Structured clone keeps identities within one message, so no value of the user's can be mistaken for such a placeholder.)
 *
 * What an object is, is told by its slots and by the shape of its ancestry, never by the classes of this realm: where this runs
 * in a `vm` context, as in jest, Node makes the objects of messages and of `structuredClone` by the classes of another.
 *
 * @packageDocumentation
 */

import { HANDLE, isSharedObject, KIND, revive, type SharedHandle } from '@pkg/sync';
import {
  describeValue,
  isArrayPrototype,
  isError,
  isObjectPrototype,
  knowsClassOf,
  messageOf,
  ownDataValue,
} from '@pkg/sync/kernel';
import { types } from '../builtins.ts';
import { byteLengthOf } from './byte-length-of.ts';
import { DEEPEST } from './deepest.ts';
import { errorPacker, type MadeErrors, unpackError } from './error-travel.ts';
import { ThreadFieldError } from './errors.ts';
import type { PackedFields, Placeholder } from './protocol.ts';

/** How much of a path is shown of what lies too deep. */
const LONGEST_PATH = 60;

/**
 * Packs the own enumerable fields of `instance`.
 *
 * @param transferred objects that are moved instead of cloned
 * @throws ThreadFieldError naming the path of the first value that cannot travel
 */
export function packFields(instance: object, transferred: readonly unknown[] = []): PackedFields {
  const copies = new Map<object, object>();
  const placeholders: Placeholder[] = [];
  const packError = errorPacker();
  const moved = new Set<unknown>(transferred);
  let depth = 0;

  /** Every look at a value may run code of the user's, or find a proxy revoked: what it throws is about this path. */
  const pack = (value: unknown, path: string): unknown => {
    depth++;
    try {
      if (depth > DEEPEST) throw tooDeep(path);
      return packUnguarded(value, path);
    } catch (error) {
      throw error instanceof ThreadFieldError ? error : new ThreadFieldError(path, lookThrew(error), error);
    } finally {
      depth--;
    }
  };

  const packMember = (owner: object, key: string, path: string): unknown => {
    let value: unknown;
    try {
      value = (owner as Record<string, unknown>)[key];
    } catch (error) {
      throw new ThreadFieldError(path, lookThrew(error), error);
    }
    return pack(value, path);
  };

  const packUnguarded = (value: unknown, path: string): unknown => {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new ThreadFieldError(
        path,
        `a ${typeof value} cannot be copied to another thread (${describeValue(value)})`,
      );
    }
    if (typeof value !== 'object' || value === null) return value;
    if (value === instance) {
      throw new ThreadFieldError(
        path,
        "it is the object itself, which is made anew in the thread and would not be found there: use 'this'",
      );
    }
    const known = copies.get(value);
    if (known !== undefined) return known;
    if (isSharedObject(value) || isError(value)) {
      const object = {};
      copies.set(value, object);
      placeholders.push({
        object,
        path,
        ...(isSharedObject(value) ? { handle: value[HANDLE]() } : { error: packError(value) }),
      });
      return object;
    }
    if (moved.has(value)) {
      if (types.isArrayBuffer(value)) checkOpaque(value, path);
      return value;
    }
    if (Array.isArray(value) && isArrayPrototype(Object.getPrototypeOf(value))) {
      const copy: unknown[] = new Array(value.length);
      copies.set(value, copy);
      for (const key of Object.keys(value)) {
        const at = /^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`;
        (copy as unknown as Record<string, unknown>)[key] = packMember(value, key, at);
      }
      return copy;
    }
    if (types.isMap(value) && isOfBuiltInClass(value)) {
      const copy = new Map<unknown, unknown>();
      copies.set(value, copy);
      for (const [key, item] of value) {
        const at = typeof key === 'object' || typeof key === 'function' ? 'key' : JSON.stringify(String(key));
        copy.set(pack(key, `${path}.keys(${at})`), pack(item, `${path}.get(${at})`));
      }
      return copy;
    }
    if (types.isSet(value) && isOfBuiltInClass(value)) {
      const copy = new Set<unknown>();
      copies.set(value, copy);
      let index = 0;
      for (const item of value) copy.add(pack(item, `${path}.values()[${index++}]`));
      return copy;
    }
    if (isPlain(value)) {
      const copy: Record<string, unknown> = {};
      copies.set(value, copy);
      packInto(copy, value, `${path}.`);
      return copy;
    }
    checkOpaque(value, path);
    return value;
  };

  const packInto = (copy: Record<string, unknown>, source: object, prefix: string): void => {
    for (const key of Reflect.ownKeys(source)) {
      if (!Object.prototype.propertyIsEnumerable.call(source, key)) continue;
      if (typeof key === 'symbol') {
        throw new ThreadFieldError(
          `${prefix}[${String(key)}]`,
          'fields with a symbol for a name do not travel',
        );
      }
      const value = packMember(source, key, prefix + key);
      // Defined, not assigned: '__proto__' may be the name of a field.
      Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    }
  };

  const fields: Record<string, unknown> = {};
  packInto(fields, instance, '');
  return { fields, placeholders };
}

const tooDeep = (path: string): ThreadFieldError =>
  new ThreadFieldError(
    path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}...` : path,
    `it lies more than ${DEEPEST} levels deep, which not every thread has the stack for: send it as a list, or as text`,
  );

const lookThrew = (error: unknown): string => `looking at it threw ${describeThrown(error)}`;

function describeThrown(error: unknown): string {
  try {
    return isError(error) ? `'${error.message}'` : describeValue(error);
  } catch {
    return 'what cannot be shown either';
  }
}

/** Whether an object is of no class. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || isObjectPrototype(prototype);
}

/** Whether a Map or Set is of the language's own class, of whatever realm, and not of one that extends it. */
function isOfBuiltInClass(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype !== null && isPlain(prototype);
}

/**
 * Whether what has arrived is of the class of what was sent, or of one that extends it: Node makes the clones of some of its
 * classes (BlockList) by a class of their own, which nobody else can name.
 */
function isOfClassOf(arrived: object, sent: object): boolean {
  const wanted: object | null = Object.getPrototypeOf(sent);
  for (let link = Object.getPrototypeOf(arrived); link !== null; link = Object.getPrototypeOf(link)) {
    if (areOfOneClass(link, wanted)) return true;
  }
  return false;
}

/** Whether two prototypes are the same, or those that two realms have by the same names. */
function areOfOneClass(one: object | null, other: object | null): boolean {
  if (one === other) return true;
  if (one === null || other === null || nameOfClass(one) !== nameOfClass(other)) return false;
  return areOfOneClass(Object.getPrototypeOf(one), Object.getPrototypeOf(other));
}

function nameOfClass(prototype: object): unknown {
  const constructor = ownDataValue(prototype, 'constructor');
  return typeof constructor === 'function' ? ownDataValue(constructor, 'name') : undefined;
}

/** Lets an object pass that structured clone carries as what it is; for others, says what would happen. */
function checkOpaque(value: object, path: string): void {
  const isBytes = ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
  // Too big to be cloned on trial, and carried by every engine unless they are detached; then they are empty.
  if (isBytes && byteLengthOf(value) > 0) return;
  let clone: object;
  try {
    clone = structuredClone(value);
  } catch (error) {
    const why = isBytes
      ? 'has no bytes any more, as its buffer was moved to another thread, or has shrunk: send it before that, or a copy'
      : 'cannot be copied to another thread';
    throw new ThreadFieldError(path, `${describeValue(value)} ${why}`, error);
  }
  if (isBytes) return;
  if (isOfClassOf(clone, value)) return;
  throw new ThreadFieldError(
    path,
    `${describeValue(value)} would arrive without its class: pass plain data, or give the class a handle ` +
      '([HANDLE] and [FROM] of @pkg/sync)',
  );
}

/** Says which shared object could not be attached to in the thread. */
export class UnknownSharedObject extends Error {
  readonly path: string;

  /** @param isUnknown whether its class is not known there; else it is, and would not attach */
  constructor(path: string, cause: unknown, isUnknown: boolean) {
    const hint = isUnknown
      ? " (an import that is used as a type only is dropped: write import './that-module.js')"
      : ': hand its handle over instead, and attach to it there';
    super(messageOf(cause) + hint, { cause });
    this.path = path;
  }
}

type Fields = Record<string, unknown>;

/**
 * The fields, in the thread, with every shared object attached to and every error made; a promise of them when a package has to be loaded for
 * that. It rejects with an UnknownSharedObject when the class of one is not known in this thread.
 */
export function unpackFields({ fields, placeholders }: PackedFields): Fields | Promise<Fields> {
  if (placeholders.length === 0) return fields;
  const made = new Map<unknown, unknown>();
  const errors: MadeErrors = new Map();
  const strangers: SharedPlaceholder[] = [];
  for (const placeholder of placeholders) {
    const { object } = placeholder;
    if ('error' in placeholder) made.set(object, unpackError(placeholder.error, '', errors));
    else {
      try {
        made.set(object, revive(placeholder.handle));
      } catch {
        strangers.push(placeholder);
      }
    }
  }
  const replaced = (): Fields => replaceIn(fields, made, placeholders);
  return strangers.length === 0 ? replaced() : attachTo(strangers, made).then(replaced);
}

type SharedPlaceholder = Extract<Placeholder, { readonly handle: unknown }>;

async function attachTo(strangers: readonly SharedPlaceholder[], made: Map<unknown, unknown>): Promise<void> {
  for (const { object, handle, path } of strangers) {
    try {
      made.set(object, await attach(handle));
    } catch (error) {
      throw new UnknownSharedObject(path, error, !knowsClassOf(handle));
    }
  }
}

/**
 * Puts the objects in the places of their placeholders.
 *
 * @throws Error when one has no place, rather than leave an empty object where the user expects a shared one
 */
function replaceIn(
  fields: Fields,
  made: ReadonlyMap<unknown, unknown>,
  placeholders: readonly Placeholder[],
): Fields {
  const seen = new Set<unknown>();
  const put = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const isMet = seen.has(value);
    seen.add(value);
    if (made.has(value)) return made.get(value);
    if (isMet) return value;
    if (types.isMap(value)) {
      const entries = [...value];
      value.clear();
      for (const [key, item] of entries) value.set(put(key), put(item));
    } else if (types.isSet(value)) {
      const items = [...value];
      value.clear();
      for (const item of items) value.add(put(item));
    } else if (Array.isArray(value) || isPlain(value)) {
      for (const key of Object.keys(value)) {
        const item = (value as Record<string, unknown>)[key];
        const arrived = put(item);
        if (arrived !== item) (value as Record<string, unknown>)[key] = arrived;
      }
    }
    return value;
  };
  put(fields);
  const lost = placeholders.find(({ object }) => !seen.has(object));
  if (lost === undefined) return fields;
  throw new Error(`what belongs at '${lost.path}' arrived without its place, which is a bug of @pkg/pool`);
}

/** Attaches; the user's module need not have imported the classes of this project by itself. */
async function attach(handle: SharedHandle): Promise<unknown> {
  try {
    return revive(handle);
  } catch (error) {
    // Few threads meet an executor: what it is made of is loaded by those that do.
    if (handle[KIND].startsWith('@pkg/pool.')) await import('@pkg/pool');
    else if (handle[KIND].startsWith('@pkg/queue.')) await import('@pkg/queue');
    else if (handle[KIND].startsWith('@pkg/sync.')) await import('@pkg/sync');
    else throw error;
    return revive(handle);
  }
}
