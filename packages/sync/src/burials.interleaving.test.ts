import { explore, scenario } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { MAX_THREADS, slotOf, ThreadTable } from './thread-table.ts';

/** See `thread-table.ts`. */
const HINT = 2;
const KEYS = 16;
const PARENT = KEYS + 2 * MAX_THREADS;

interface Context {
  readonly memory: SharedArrayBuffer;
  readonly starter: number;
  readonly parent: number;
  /** Entry of the child in the roll of children. */
  readonly entry: number;
}

/** Keys, by which parents find their children. */
const STARTER = 1;
const PARENT_KEY = 2;
const CHILD = 3;
const NEWCOMER = 4;
const GRANDCHILD = 5;

/**
 * A parent buries its child, and may die in that; its own starter buries it then, first alone and, since its child may
 * have run on, with its child after that. Meanwhile a newcomer enters, for whom the child's slot is the first that comes
 * into question, and watches over a thread for a while.
 */
const burials = scenario<Context, number>({
  name: 'burials',
  setup() {
    const table = ThreadTable.create();
    const [starter, parent, child] = [STARTER, PARENT_KEY, CHILD].map((key) => table.claim(key)) as [
      number,
      number,
      number,
    ];
    table.claim(GRANDCHILD);
    table.enrol(starter, PARENT_KEY);
    const entry = table.enrol(parent, CHILD);
    table.words[HINT] = slotOf(child);
    return { memory: table.memory, starter, parent, entry };
  },
  threads: [
    ({ memory, entry }) => {
      const table = new ThreadTable(memory);
      table.markDeadByKey(CHILD);
      table.discharge(entry);
      return 0;
    },
    ({ memory }) => {
      const table = new ThreadTable(memory);
      const id = table.claim(NEWCOMER);
      table.discharge(table.enrol(id, GRANDCHILD));
      return id;
    },
  ],
  recover({ memory }, { dead }) {
    const table = new ThreadTable(memory);
    // Recoveries, which may die as well, are no members of the table.
    for (const key of dead.flatMap((index) => [PARENT_KEY, NEWCOMER][index] ?? [])) {
      table.markDeadAlone(key);
      table.markDeadByKey(key);
    }
  },
  check({ context: { memory, starter, parent }, killed, results }) {
    const table = new ThreadTable(memory);
    const keys = [...table.words.subarray(KEYS, KEYS + MAX_THREADS)];
    const [parentDied, newcomerDied] = [killed.includes(0), killed.includes(1)];
    expect(table.isAlive(starter)).toBe(true);
    expect(keys).not.toContain(CHILD);
    expect(table.isAlive(parent)).toBe(!parentDied);
    expect(keys.includes(PARENT_KEY)).toBe(!parentDied);
    expect(keys.includes(NEWCOMER)).toBe(!newcomerDied);
    if (newcomerDied) return true;
    expect(table.isAlive(results[1]!)).toBe(true);
    expect(keys).toContain(GRANDCHILD);
    // The starter's entry for the parent, and no other.
    expect(table.words.subarray(PARENT, PARENT + MAX_THREADS).filter((id) => id !== 0).length).toBe(1);
    return true;
  },
});

describe('Burials in a table that a thread enters', () => {
  it('are complete, and of the dead alone, up to four preemptions', () => {
    expect(explore(burials, { preemptions: 4 }).complete).toBe(true);
  });

  it('are so with a death at every step', () => {
    expect(explore(burials, { preemptions: 0, kills: 1 }).complete).toBe(true);
    expect(explore(burials, { preemptions: 1, kills: 1, victims: [0] }).complete).toBe(true);
  });

  it('are so with two deaths, that of the burial of the dead among them', () => {
    expect(explore(burials, { preemptions: 0, kills: 2, maxSteps: 50_000 }).complete).toBe(true);
  });
});
