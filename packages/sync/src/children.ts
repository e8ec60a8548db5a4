import type { LivenessProbe } from '#platform';
import { recoverAttached } from './attached-objects.ts';
import { knownTables } from './known-tables.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import type { ThreadTable } from './thread-table.ts';

/** A thread that the calling thread started and watches over. */
export interface Child {
  readonly key: number;
  readonly probe: LivenessProbe | undefined;
  /** Where the thread is enrolled as a child of this one. */
  readonly enrolments: { table: ThreadTable; entry: number }[];
  ended: boolean;
}

const children = new Set<Child>();

/** Starts watching over `child`, in every table that this thread is in already. */
export function addChild(child: Child, identities: Iterable<ThreadIdentity>): void {
  children.add(child);
  for (const identity of identities) enrol(child, identity);
}

/** Enrols the children that this thread had before it became `identity` of another table. */
export function enrolChildren(identity: ThreadIdentity): void {
  for (const child of children) enrol(child, identity);
}

/**
 * Notes the ends of children without waiting for events. It recovers nothing: it is called from within
 * waits, whose caller may hold a lock that recovery would wait for. Whoever waits in an object recovers it
 * when it sees that a death has been recorded. Does not block.
 */
export function reapChildren(): void {
  for (const child of children) if (child.probe?.isDead()) noteEnd(child);
}

/** Records that `child` has ended, and recovers what this thread is attached to. Blocks for short locks only. */
export function bury(child: Child): void {
  noteEnd(child);
  for (const table of knownTables()) recoverAttached(table);
}

/** Records that `child` has ended. */
function noteEnd(child: Child): void {
  if (child.ended) return;
  child.ended = true;
  children.delete(child);
  child.probe?.close();
  for (const table of knownTables()) table.markDeadByKey(child.key);
  // After that: if this thread dies half-way, its own burial finishes the child's.
  for (const { table, entry } of child.enrolments) table.discharge(entry);
}

function enrol(child: Child, { table, id }: ThreadIdentity): void {
  child.enrolments.push({ table, entry: table.enrol(id, child.key) });
}
