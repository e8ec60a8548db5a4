import { ThreadIdentity } from './thread-identity.ts';
import { ThreadTable } from './thread-table.ts';

/** Several threads played by one: identities in a table of their own, to be attached as. */
export class Cast {
  readonly table = ThreadTable.create();
  #key = 100;

  /** Another thread. It sleeps without looking for deaths, so a lost wake-up would hang. */
  enter(mayBlock = true): ThreadIdentity {
    return new ThreadIdentity(this.table, this.table.claim(this.#key++), { slice: Infinity, mayBlock });
  }

  /** Ends a thread. */
  kill(identity: ThreadIdentity): void {
    this.table.markDead(identity.id);
  }
}

/** Lets everything that is ready happen: promises, and wakes by `Atomics.notify` that arrive as tasks. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What a promise has come to so far. */
export function watch<T>(promise: Promise<T>): {
  state: 'pending' | 'fulfilled' | 'rejected';
  value?: T;
  error?: unknown;
} {
  const seen: { state: 'pending' | 'fulfilled' | 'rejected'; value?: T; error?: unknown } = {
    state: 'pending',
  };
  promise.then(
    (value) => Object.assign(seen, { state: 'fulfilled', value }),
    (error) => Object.assign(seen, { state: 'rejected', error }),
  );
  return seen;
}
