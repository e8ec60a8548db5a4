/**
 * What belongs to the calling thread, and not to the copy of this package that asks. A thread may load the package
 * twice (from its sources and compiled, say, or in two versions of a dependency), and is one thread all the same: it
 * has one identity in a table, and what one copy has learnt of its children the other is to know.
 *
 * Whichever copy asks first makes the value, and the others use it: methods of its objects may be called, while private
 * `#fields` can be read by the copy alone whose class made them. So what is kept under a name keeps its shape: another
 * shape takes another name.
 *
 * @param name of the value, unique in this package
 */
export function perThread<T>(name: string, make: () => T): T {
  const key = Symbol.for(`@pkg/sync.${name}`);
  const global = globalThis as { [key: symbol]: { readonly value: T } | undefined };
  global[key] ??= { value: make() };
  return global[key].value;
}
