/**
 * How objects travel between threads: an object has a structured-cloneable `handle`, and its class attaches
 * to the same memory with `from(handle)`. The same pair is keyed by symbols, so that classes of third
 * parties take part wherever this project carries values to another thread (fields of a `Thread`, arguments
 * of a task).
 *
 * @packageDocumentation
 */

import { describeValue } from './describe-value.ts';
import { perRealm } from './per-realm.ts';

/** Key of the method that returns an object's {@link SharedHandle}. */
export const HANDLE: unique symbol = Symbol.for('@pkg/sync.handle') as never;

/** Key of the static method that attaches to the memory behind a {@link SharedHandle}. */
export const FROM: unique symbol = Symbol.for('@pkg/sync.from') as never;

/** The property that marks a handle and names the kind of object behind it. */
export const KIND = '@pkg/sync.kind';

/** A structured-cloneable value that stands for a shared object on its way to another thread. */
export interface SharedHandle {
  readonly [KIND]: string;
}

/** An object whose state lies in shared memory. */
export interface SharedObject {
  [HANDLE](): SharedHandle;
}

/** A class whose objects can be attached to from another thread. */
export interface SharedClass<T extends SharedObject = SharedObject> {
  [FROM](handle: SharedHandle): T;
}

/** `@pkg/interleave`, which depends on no package, enters its class here by the same name. */
const classes = perRealm('@pkg/sync.shared-classes', () => new Map<string, SharedClass>());

/**
 * Makes a class known to {@link revive} on the calling thread; call it beside the class, in its module.
 *
 * @param kind unique, as the handles of its objects name it, such as `'@pkg/queue.Queue'`
 * @example
 * ```ts
 * class Counter {
 *   readonly memory: SharedArrayBuffer;
 *   constructor(memory = new SharedArrayBuffer(4)) {
 *     this.memory = memory;
 *   }
 *   [HANDLE]() {
 *     return { [KIND]: 'my-package.Counter', memory: this.memory };
 *   }
 *   static [FROM]({ memory }: { memory: SharedArrayBuffer }) {
 *     return new Counter(memory);
 *   }
 * }
 * registerSharedClass('my-package.Counter', Counter as never);
 * ```
 * @throws TypeError when `kind` is no string or empty, and when the class lacks its static method `[FROM]`
 */
export function registerSharedClass(kind: string, sharedClass: SharedClass): void {
  if (typeof kind !== 'string' || kind === '') {
    throw new TypeError(
      `a kind of shared objects must be a string that is not empty, not ${describeValue(kind)}`,
    );
  }
  // Here and not where an object arrives: that is another thread, which could only say that it cannot attach.
  if (typeof sharedClass?.[FROM] !== 'function') {
    throw new TypeError(
      `the class of '${kind}' needs a static method [FROM], and ${describeValue(sharedClass)} has none`,
    );
  }
  classes.set(kind, sharedClass);
}

/** Whether `value` is an object that travels by handle. */
export function isSharedObject(value: unknown): value is SharedObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<SharedObject>)[HANDLE] === 'function'
  );
}

/** Whether `value` is a handle of a shared object. */
export function isSharedHandle(value: unknown): value is SharedHandle {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<SharedHandle>)[KIND] === 'string'
  );
}

/** Whether the class of the object behind `handle` is known on this thread, so that it can be attached to. */
export const knowsClassOf = (handle: SharedHandle): boolean => classes.has(handle[KIND]);

/**
 * Attaches to the object behind `handle`, whatever its class. Callable on any thread; does not block.
 *
 * @throws TypeError when no class of that kind is known here
 */
export function revive(handle: SharedHandle): SharedObject {
  if (!isSharedHandle(handle)) {
    throw new TypeError(`revive() takes the handle of a shared object, not ${describeValue(handle)}`);
  }
  const sharedClass = classes.get(handle[KIND]);
  if (sharedClass === undefined) {
    throw new TypeError(
      `no class is registered for shared objects of kind '${handle[KIND]}' on this thread: ` +
        'import the module of that class before its objects arrive',
    );
  }
  return sharedClass[FROM](handle);
}
