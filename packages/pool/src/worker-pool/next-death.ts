import type { ThreadTable } from '@pkg/sync/kernel';

type WaitAsync = (words: Int32Array, index: number, value: number) => { value: string | Promise<string> };

const next = new Map<string, Promise<void>>();

/**
 * Settles when the end of a thread is recorded in `table`, once for all who wait. Does not keep the process alive.
 */
export function nextDeath(table: ThreadTable): Promise<void> {
  let death = next.get(table.token);
  if (death === undefined) {
    death = (async () => {
      const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
      await waitAsync.call(Atomics, table.words, table.deathsIndex, table.deaths).value;
      next.delete(table.token);
    })();
    next.set(table.token, death);
  }
  return death;
}
