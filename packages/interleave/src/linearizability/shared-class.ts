/**
 * How the objects of this package travel to other threads together with those of the others (fields of a `Thread`, arguments
 * of a task): by the protocol of `@pkg/sync`. Its symbols and its roll of classes are found by their names, which do not
 * change, since this package depends on no other.
 *
 * @packageDocumentation
 */

/** Key of the method that returns the handle of an object. */
export const HANDLE: unique symbol = Symbol.for('@pkg/sync.handle') as never;

/** Key of the static method that attaches to the memory behind a handle. */
export const FROM: unique symbol = Symbol.for('@pkg/sync.from') as never;

/** The property of a handle that names the kind of object behind it. */
export const KIND = '@pkg/sync.kind';

const CLASSES = Symbol.for('@pkg/sync.shared-classes');

/** Enters a class in the roll of this thread, which whoever comes first begins: this package or `@pkg/sync`. */
export function registerSharedClass(kind: string, sharedClass: object): void {
  const global = globalThis as { [key: symbol]: { readonly value: Map<string, object> } | undefined };
  global[CLASSES] ??= { value: new Map() };
  global[CLASSES].value.set(kind, sharedClass);
}
