import { type ProbePort, sayEnd, terminationEndsWaits, threadKey } from '#platform';
import { lastAtExit } from './at-exit.ts';
import { endChildren, enrolChildren, hasChildren, reapChildren } from './children.ts';
import { hasStarter, homeTable, know } from './known-tables.ts';
import { isInScenario, outsideScenarios } from './outside-scenarios.ts';
import { wakePendingSleeps } from './pending-sleeps.ts';
import { perThread } from './per-thread.ts';
import { ThreadIdentity } from './thread-identity.ts';
import { ThreadTable } from './thread-table.ts';

interface ThisThread {
  /** What its parent finds it by; 0 until it is needed. */
  key: number;
  /** Its identity in each table that it has entered, by the token of the table. */
  readonly identities: Map<string, ThreadIdentity>;
  /** The ports of the probes by which others watch it. They are never taken out: a port that is collected closes. */
  readonly probes: Set<ProbePort>;
}

const thisThread = perThread<ThisThread>('@pkg/sync.identities', () => ({
  key: 0,
  identities: new Map(),
  probes: new Set(),
}));

/**
 * Who the calling thread is in `table` (default: its home table); enters it on the first call.
 * Does not block.
 *
 * @throws RangeError when the table is full (1024 living threads)
 */
export function currentThread(table: ThreadTable = homeTable()): ThreadIdentity {
  const identity = thisThread.identities.get(table.token);
  if (identity !== undefined) return identity;
  // The view that a scenario has made of a table does not outlive the scenario, and this thread does.
  if (isInScenario()) return outsideScenarios(() => enter(new ThreadTable(table.memory)));
  return enter(table);
}

function enter(table: ThreadTable): ThreadIdentity {
  if (thisThread.key === 0) {
    thisThread.key = threadKey();
    lastAtExit(recordOwnEnd);
  }
  know(table);
  const identity = new ThreadIdentity(table, table.claim(thisThread.key), { reap: lookAround });
  thisThread.identities.set(table.token, identity);
  enrolChildren(identity);
  return identity;
}

/** Who the calling thread is in each table that it has entered. */
export function identitiesOfThisThread(): Iterable<ThreadIdentity> {
  return thisThread.identities.values();
}

/**
 * Keeps the port of a probe by which the starter of this thread watches it, until this thread ends. Does not block.
 *
 * @param port the `port` of what `createLivenessProbe` returned in the starter
 */
export function keepProbe(port: ProbePort): void {
  currentThread();
  thisThread.probes.add(port);
}

/**
 * The end of a thread is for its starter to notice. But one that blocks, and has never been told that the thread runs,
 * cannot tell one that has ended from one that has not begun.
 */
function recordOwnEnd(isLast: boolean): void {
  // Its burial is that of the threads that it has started too, so they must not run any more.
  if (hasStarter()) endChildren('all');
  // What still runs would be inside of locks that others are given, and hold what nobody gives back any more.
  if (!isLast || hasChildren()) return;
  for (const { table, id } of thisThread.identities.values()) table.markDead(id);
  for (const port of thisThread.probes) sayEnd(port);
}

/** The longest sleep, in milliseconds, of a thread that has to notice something by itself while it blocks. */
const LONGEST_SLEEP_ON_WATCH = 1_000;

/**
 * The same of one that is told of deaths by being woken: by whoever learns of them, if that thread is attached to the
 * object. What is left to look for is rare, and each look costs as much as the wake of an idle core.
 */
const LONGEST_SLEEP = 10_000;

/** What a thread that blocks does between two sleeps. Returns how long the next may last. */
function lookAround(): number {
  reapChildren();
  wakePendingSleeps();
  // Nobody else learns of the ends of those that it started; and where its own termination does not end a sleep, it would
  // go on to take what is meant for the living.
  return hasChildren() || !terminationEndsWaits() ? LONGEST_SLEEP_ON_WATCH : LONGEST_SLEEP;
}
