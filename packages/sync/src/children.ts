import type { LivenessProbe } from '#platform';
import { recoverAttached, recoverAttachedIfDue } from './attached-objects.ts';
import { knownTables } from './known-tables.ts';
import { perThread } from './per-thread.ts';
import { realTime } from './real-time.ts';
import { type TerminableWorker, Termination } from './termination.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import type { ThreadTable } from './thread-table.ts';

/** A thread that the calling thread started and watches over. */
export interface Child {
  readonly key: number;
  readonly worker: TerminableWorker;
  /** If present, it tells of the end of the thread, and of those that the thread started, which are joined before. */
  readonly probe: LivenessProbe | undefined;
  /** Whether it will never run another instruction, as far as can be told without events. */
  readonly hasStopped: () => boolean;
  /** Whether the end of the thread has been requested. */
  terminationRequested: boolean;
  /** What requests it, once that has begun. */
  termination: Termination | undefined;
  /** Where the thread is enrolled as a child of this one. */
  readonly enrolments: { table: ThreadTable; entry: number }[];
  /** Whether it is known to have stopped. */
  stopped: boolean;
  /** Whether it is known to have ended, and with it the threads that it started. */
  ended: boolean;
}

const children = perThread('@pkg/sync.children', () => new Set<Child>());

/** Whether there are threads that this one has started, and that are not known to have ended. */
export const hasChildren = (): boolean => children.size > 0;

/**
 * Starts watching over `child`, in every table that this thread is in already.
 *
 * @throws RangeError when one of them has no room; nobody watches over `child` then
 */
export function addChild(child: Child, identities: Iterable<ThreadIdentity>): void {
  try {
    for (const identity of identities) enrol(child, identity);
  } catch (error) {
    for (const { table, entry } of child.enrolments) table.discharge(entry);
    throw error;
  }
  children.add(child);
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
  for (const child of children) {
    if (!noteStop(child)) child.termination?.insist();
  }
}

/**
 * Notes, without waiting for an event, that `child` has stopped, if it has. That is its end too if it keeps a probe or
 * has no threads of its own; else its end is told by its `exit` event alone. Recovers nothing. Does not block.
 *
 * @returns whether it has stopped
 */
export function noteStop(child: Child): boolean {
  if (child.stopped) return true;
  if (!child.hasStopped()) return false;
  child.stopped = true;
  if (child.probe !== undefined || !markStopped(child)) noteEnd(child);
  return true;
}

/** Records the death of `child` alone; returns whether it may have left threads behind that still run. */
function markStopped({ key }: Child): boolean {
  let isSurvived = false;
  for (const table of knownTables()) if (table.markDeadAlone(key)) isSurvived = true;
  return isSurvived;
}

/** Ends `child` at whatever instruction it is; its end is still to be noticed. Does not block. */
export function terminateChild(child: Child): Termination {
  // First: Deno tells of the end, by the event, within the request for it.
  child.terminationRequested = true;
  child.termination ??= new Termination(child.worker);
  return child.termination;
}

/** How long a thread waits at its exit for those that it started, in milliseconds. They take 1-3. */
const LONGEST_END = 1_000;

/**
 * Ends children of a thread that is about to end itself. Node ends them too, but waits for each of them for ever when its
 * one request got lost. Recovers nothing. Blocks until they have ended, for `limit` milliseconds at the longest.
 *
 * @param which all, or those with a probe by which their end can always be noticed without events
 */
export function endChildren(which: 'all' | 'probed', limit: number = LONGEST_END): void {
  const deadline = realTime.now() + limit;
  let left = [...children].filter((child) => which === 'all' || child.probe?.tellsOfEveryEnd);
  for (const child of left) terminateChild(child);
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    reapChildren();
    // Whatever one that has stopped had started, requests to it can no longer end.
    left = left.filter((child) => !child.stopped);
    if (left.length === 0 || realTime.now() > deadline) return;
    Atomics.wait(nobodyWakes, 0, 0, 1);
  }
}

/** Records that `child` has ended, and recovers what this thread is attached to. Blocks for short locks only. */
export function bury(child: Child): void {
  noteEnd(child);
  for (const table of knownTables()) recoverAttached(table);
}

/** Recovers what this thread is attached to, as far as deaths have been noted since it last did. Blocks for short locks only. */
export function recoverWhatIsDue(): void {
  for (const table of knownTables()) recoverAttachedIfDue(table);
}

/** Records that `child` has ended. */
function noteEnd(child: Child): void {
  if (child.ended) return;
  child.stopped = true;
  child.ended = true;
  children.delete(child);
  child.probe?.close();
  child.termination?.settle();
  for (const table of knownTables()) table.markDeadByKey(child.key);
  // After that: if this thread dies half-way, its own burial finishes the child's.
  for (const { table, entry } of child.enrolments) table.discharge(entry);
}

function enrol(child: Child, { table, id }: ThreadIdentity): void {
  child.enrolments.push({ table, entry: table.enrol(id, child.key) });
}
