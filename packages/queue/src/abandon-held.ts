import type { Holders } from './holders.ts';
import { ABANDONED, GETS, SETTLED } from './layout.ts';

/**
 * Counts as done what the dead held. Without redelivery, under the lock of the get side. Repeated after a death in the
 * middle, it goes on.
 *
 * @param unfinished how many items are put and not done
 */
export function abandonHeldByTheDead(header: Int32Array, holders: Holders, unfinished: number): void {
  const living = holders.sweep();
  const open = (header[GETS]! - header[SETTLED]! - header[ABANDONED]!) | 0;
  const held = (open - living) | 0;
  if (held > 0) {
    // An item that somebody finished before the dead thread took it is done already.
    const lost = Math.min(held, unfinished);
    // One store: once it is done, the dead hold nothing, whatever their rows said.
    Atomics.store(header, ABANDONED, (header[ABANDONED]! + lost) | 0);
    holders.forgive(held - lost);
  } else if (held < 0) {
    // They had settled more than they took: this thread goes on with their debt.
    holders.add(held);
  }
}
