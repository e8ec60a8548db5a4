import { isInScenario } from './outside-scenarios.ts';
import { perThread } from './per-thread.ts';
import type { ThreadTable } from './thread-table.ts';
import { throwUncaught } from './throw-uncaught.ts';

/** A shared object that may hold things for threads that die. */
export interface Recoverable {
  /**
   * Gives back what threads that have died held in this object, and wakes whoever waits in it. May be called
   * on any thread, at any time, any number of times; cheap when nobody has died. Blocks only as long as the
   * object's own lock is held.
   */
  recover(): void;
}

/** What this thread is attached to in one table. */
interface Attached {
  readonly objects: Set<WeakRef<Recoverable>>;
  /** Deaths of the table up to which all of `objects` have been recovered; 0 when it is not known. */
  recovered: number;
}

/** By the token of the table. */
const attached = perThread('@pkg/sync.attached-objects', () => new Map<string, Attached>());
const collected = new FinalizationRegistry<{ set: Set<WeakRef<Recoverable>>; ref: WeakRef<Recoverable> }>(
  ({ set, ref }) => set.delete(ref),
);

/**
 * Remembers, without keeping it alive, an object of this thread to be recovered when a thread of `table` dies. One that is
 * made in a scenario is not remembered: its memory can be looked at no more when the scenario has ended.
 */
export function attach(table: ThreadTable, object: Recoverable): void {
  if (isInScenario()) return;
  let entry = attached.get(table.token);
  if (entry === undefined) {
    entry = { objects: new Set(), recovered: 0 };
    attached.set(table.token, entry);
  }
  // Threads may have died before this one attached, and nobody else may be there to recover the object.
  entry.recovered = 0;
  const ref = new WeakRef(object);
  entry.objects.add(ref);
  collected.register(object, { set: entry.objects, ref });
}

/**
 * Recovers every object that this thread is attached to and that belongs to `table`. What one of them throws is the
 * process's uncaught error: it is nothing to the others, nor to who happens to call. In a scenario it does nothing, and
 * what is due stays due: a body that runs again would not find the same.
 */
export function recoverAttached(table: ThreadTable): void {
  if (isInScenario()) return;
  const entry = attached.get(table.token);
  if (entry === undefined) return;
  // Before the recovery: a death that is recorded meanwhile is to be looked at once more.
  const deaths = table.deaths;
  // Copied, since recovery may attach objects.
  for (const ref of [...entry.objects]) {
    try {
      ref.deref()?.recover();
    } catch (error) {
      throwUncaught(error);
    }
  }
  entry.recovered = deaths;
}

/** {@link recoverAttached}, if there are deaths after which this thread has not done so yet. */
export function recoverAttachedIfDue(table: ThreadTable): void {
  const entry = attached.get(table.token);
  if (entry !== undefined && entry.recovered !== table.deaths) recoverAttached(table);
}
