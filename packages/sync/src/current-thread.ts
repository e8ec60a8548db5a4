import { threadKey } from '#platform';
import { enrolChildren, reapChildren } from './children.ts';
import { homeTable, know } from './known-tables.ts';
import { ThreadIdentity } from './thread-identity.ts';
import type { ThreadTable } from './thread-table.ts';

/** This thread's identity in each table that it has met. */
const identities = new Map<string, ThreadIdentity>();
let key = 0;

/**
 * Who the calling thread is in `table` (default: its home table); enters it on the first call.
 * Does not block.
 *
 * @throws RangeError when the table is full (1024 living threads)
 */
export function currentThread(table: ThreadTable = homeTable()): ThreadIdentity {
  const token = table.token;
  let identity = identities.get(token);
  if (identity === undefined) {
    if (key === 0) key = threadKey();
    know(table);
    identity = new ThreadIdentity(table, table.claim(key), { reap: reapChildren });
    identities.set(token, identity);
    enrolChildren(identity);
  }
  return identity;
}

/** Who the calling thread is in each table that it has entered. */
export function identitiesOfThisThread(): Iterable<ThreadIdentity> {
  return identities.values();
}
