import type { ThreadTable } from '@pkg/sync/kernel';

type WaitAsync = (words: Int32Array, index: number, value: number) => { value: string | Promise<string> };

const next = new Map<string, Promise<void>>();

/**
 * Settles when more deaths than `seen` have been recorded in `table`, once for all who wait. `seen` is to be read
 * before the look that decides to wait: a death after that look would else be missed. Does not keep the process alive.
 */
export function nextDeath(table: ThreadTable, seen: number): Promise<void> {
  if (table.deaths !== seen) return Promise.resolve();
  let death = next.get(table.token);
  if (death === undefined) {
    death = (async () => {
      const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
      await waitAsync.call(Atomics, table.words, table.deathsIndex, seen).value;
      next.delete(table.token);
    })();
    next.set(table.token, death);
  }
  return death;
}
