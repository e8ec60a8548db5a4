import { sharedByRealms } from '#platform';
import { keptOn } from './kept-on.ts';

/**
 * What belongs to the calling thread, and not to the copy of a package that asks. A thread may load a package twice (from its
 * sources and compiled, say, in two versions of a dependency, or in two `vm` contexts, as those of vitest's `vmThreads`), and
 * is one thread all the same: it has one identity in a table, and what one copy has learnt of its children the other is to
 * know. For the rules see {@link keptOn}.
 *
 * @param name of the value, after that of the package: `'@pkg/sync.children'`
 */
export function perThread<T>(name: string, make: () => T): T {
  return keptOn(sharedByRealms, name, make);
}
