import { explore, type Scenario, scenario } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { Event } from './index.ts';
import { currentThread, homeTable, recoverAttached, ThreadTable } from './kernel.ts';

/** The public class, as users have it in their scenarios. */
const handover = (made: Event[]): Scenario<{ handle: Event['handle'] }> =>
  scenario({
    name: 'an event',
    setup: () => {
      const event = new Event();
      made.push(event);
      return { handle: event.handle };
    },
    threads: [({ handle }) => Event.from(handle).set(), ({ handle }) => Event.from(handle).wait()],
  });

/** A thread that is none, in the roll of this process; it has ended. */
function recordDeath(): void {
  const table = homeTable();
  table.markDead(table.claim(2 ** 29));
}

describe('after a scenario of public objects', () => {
  // Held, since only what is reachable is recovered.
  const made: Event[] = [];

  it('real objects are recovered as before, and the scenario’s are left alone', () => {
    expect(explore(handover(made)).complete).toBe(true);
    recordDeath();
    const uncaught: unknown[] = [];
    const genuine = globalThis.queueMicrotask;
    globalThis.queueMicrotask = (task) => uncaught.push(task);
    try {
      recoverAttached(homeTable());
    } finally {
      globalThis.queueMicrotask = genuine;
    }
    expect(uncaught).toEqual([]);
    expect(new Event().wait({ timeout: 1 })).toBe(false);
  });

  it('deaths from before do not disturb another one', () => {
    recordDeath();
    const earlier = new Event();
    expect(explore(handover(made)).complete).toBe(true);
    recordDeath();
    expect(explore(handover(made)).complete).toBe(true);
    expect(earlier.isSet).toBe(false);
  });

  it('a table that was first entered within it is entered for good', () => {
    const foreign = ThreadTable.create();
    const subject = scenario({
      name: 'a table of others',
      setup: () => ({ memory: foreign.memory }),
      threads: [({ memory }) => currentThread(new ThreadTable(memory)).id],
    });
    expect(explore(subject).complete).toBe(true);
    const { id, table } = currentThread(foreign);
    expect(foreign.isAlive(id)).toBe(true);
    expect(table.isAlive(id)).toBe(true);
  });
});
