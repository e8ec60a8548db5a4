import type { ThreadTable } from './thread-table.ts';

/** A shared object that may hold things for threads that die. */
export interface Recoverable {
  /**
   * Gives back what threads that have died held in this object, and wakes whoever waits in it. May be called
   * on any thread, at any time, any number of times; cheap when nobody has died. Blocks only as long as the
   * object's own lock is held.
   */
  recover(): void;
}

const attached = new Map<string, Set<WeakRef<Recoverable>>>();
const collected = new FinalizationRegistry<{ set: Set<WeakRef<Recoverable>>; ref: WeakRef<Recoverable> }>(
  ({ set, ref }) => set.delete(ref),
);

/** Remembers, without keeping it alive, an object of this thread to be recovered when a thread of `table` dies. */
export function attach(table: ThreadTable, object: Recoverable): void {
  let set = attached.get(table.token);
  if (set === undefined) {
    set = new Set();
    attached.set(table.token, set);
  }
  const ref = new WeakRef(object);
  set.add(ref);
  collected.register(object, { set, ref });
}

/** Recovers every object that this thread is attached to and that belongs to `table`. */
export function recoverAttached(table: ThreadTable): void {
  for (const ref of attached.get(table.token) ?? []) ref.deref()?.recover();
}
