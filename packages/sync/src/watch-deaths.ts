import { recoverAttached } from './attached-objects.ts';
import type { ThreadTable } from './thread-table.ts';

interface Watch {
  holders: number;
}

const watches = new WeakMap<ThreadTable, Watch>();

/**
 * While anything of this thread waits asynchronously, sees to it that a death recorded by another thread is
 * recovered in the objects that this thread is attached to, which wakes those who wait in them. Returns what
 * ends that. (A thread that blocks looks for deaths by itself, between two slices of sleep.) Does not block.
 */
export function watchDeaths(table: ThreadTable): () => void {
  let watch = watches.get(table);
  if (watch === undefined) {
    watch = { holders: 0 };
    watches.set(table, watch);
  }
  const held = watch;
  if (held.holders++ === 0) arm(table, held);
  return () => {
    held.holders--;
  };
}

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: boolean; value: string | Promise<string> };

const armed = new WeakSet<Watch>();

function arm(table: ThreadTable, watch: Watch): void {
  const waitAsync = (Atomics as unknown as { waitAsync?: WaitAsync }).waitAsync;
  if (waitAsync === undefined || armed.has(watch)) return;
  const deaths = table.deaths;
  const wait = waitAsync.call(Atomics, table.words, table.deathsIndex, deaths);
  armed.add(watch);
  Promise.resolve(wait.value).then(() => {
    armed.delete(watch);
    recoverAttached(table);
    if (watch.holders > 0) arm(table, watch);
  });
}
