/**
 * What belongs to the calling thread, and not to the copy of a package that asks. A thread may load a package
 * twice (from its sources and compiled, say, or in two versions of a dependency), and is one thread all the same: it
 * has one identity in a table, and what one copy has learnt of its children the other is to know.
 *
 * Whichever copy asks first makes the value, and the others use it: methods of its objects may be called, while private
 * `#fields` can be read by the copy alone whose class made them. So what is kept under a name keeps its shape: another
 * shape takes another name.
 *
 * @param name of the value, after that of the package: `'@pkg/sync.children'`
 */
export function perThread<T>(name: string, make: () => T): T {
  const key = Symbol.for(name);
  const global = globalThis as { [key: symbol]: { readonly value: T } | undefined };
  global[key] ??= { value: make() };
  return global[key].value;
}
