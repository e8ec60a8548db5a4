import { keptOn } from './kept-on.ts';

/**
 * What belongs to the realm of the caller (that of the thread, an iframe's, a `vm` context's), and not to the copy of a
 * package that asks: classes, since each realm has its own of those that the language has, and loads its own of others. For
 * the rules see {@link keptOn}.
 *
 * @param name of the value, after that of the package: `'@pkg/sync.error-classes'`
 */
export function perRealm<T>(name: string, make: () => T): T {
  return keptOn(globalThis, name, make);
}
