/**
 * What is kept on `holder` under a name, whichever copy of a package asks: the first one makes it, and the others use it.
 * Methods of its objects may be called, while private `#fields` can be read by the copy alone whose class made them. So what
 * is kept under a name keeps its shape: another shape takes another name.
 *
 * @param name of the value, after that of the package: `'@pkg/sync.children'`
 */
export function keptOn<T>(holder: object, name: string, make: () => T): T {
  const key = Symbol.for(name);
  const kept = holder as { [key: symbol]: { readonly value: T } | undefined };
  kept[key] ??= { value: make() };
  return kept[key].value;
}
