import { recoverAttached, recoverAttachedIfDue } from './attached-objects.ts';
import type { ThreadTable } from './thread-table.ts';
import { hasWaitAsync, waitAsync } from './wait-async.ts';

interface Watch {
  /** How many asynchronous waits are pending. */
  holders: number;
  /** Whether a wait for the next death is pending. */
  armed: boolean;
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
    watch = { holders: 0, armed: false };
    watches.set(table, watch);
  }
  const held = watch;
  held.holders++;
  // Armed first: a death after this look ends the wait, one before it is recovered here. (Looking again and
  // again where the engine cannot wait would be for nothing: no such engine tells of the ends of workers.)
  if (!held.armed && hasWaitAsync()) arm(table, held, table.deaths);
  recoverAttachedIfDue(table);
  return () => {
    held.holders--;
  };
}

/** Recovers when more than `deaths` have been recorded, and again after that while anybody waits. */
function arm(table: ThreadTable, watch: Watch, deaths: number): void {
  watch.armed = true;
  const wait = waitAsync(table.words, table.deathsIndex, deaths, Infinity) ?? Promise.resolve();
  wait.then(() => {
    watch.armed = false;
    // Taken before the recovery: whoever dies during it makes the next wait end at once.
    const recorded = table.deaths;
    recoverAttached(table);
    if (watch.holders > 0) arm(table, watch, recorded);
  });
}
