import { explore, scenario } from '@pkg/interleave';
import { OwnerLock, ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { describe, expect, it } from 'vitest';
import { GET_LOCK, PUT_LOCK } from './layout.ts';
import { attachQueue, KINDS, type KindName, type QueueMemory } from './queue-kinds.fixture.ts';
import { QueueOrigin } from './queue-origin.ts';

interface Context extends QueueMemory {
  readonly header: Int32Array;
  readonly ids: readonly number[];
}

/** The three bodies, whoever acts after a death, and one that was dead before. */
const THREADS = 5;
const HEIR = 3;
const DEAD = 4;

const identityOf = ({ threads, ids }: Context, index: number) =>
  new ThreadIdentity(new ThreadTable(threads), ids[index]!, { slice: Infinity, mayBlock: true });

const recover = (context: Context, kind: KindName, index: number) =>
  attachQueue(KINDS[kind], context, identityOf(context, index)).recover();

/**
 * One thread recovers from a death. Another one, at the end of its operation, dies between letting go of the lock and
 * waking the third, which sleeps on it; and whoever is told of that recovers, too.
 */
const lastBreath = (kind: KindName, lock: number) =>
  scenario<Context, void>({
    name: `a death during the recovery of a ${kind}`,
    memoryless: [OwnerLock],
    setup() {
      const table = ThreadTable.create();
      const ids = Array.from({ length: THREADS }, (_, index) => table.claim(index + 1));
      const identity = new ThreadIdentity(table, ids[0]!, { slice: Infinity, mayBlock: true });
      const { geometry, create } = KINDS[kind];
      const settings = { codec: 'int32' } as const;
      const origin = QueueOrigin.create<number>(0, settings, true, { geometry, identity, spins: 0 });
      create(origin);
      const { header, memory } = origin.pages;
      header[lock] = ids[1]!;
      table.markDead(ids[DEAD]!);
      return { header, memory, threads: table.memory, ids, codec: 'int32' };
    },
    threads: [
      (context) => recover(context, kind, 0),
      (context) => {
        Atomics.store(context.header, lock, 0);
        new ThreadTable(context.threads).markDead(context.ids[1]!);
        recover(context, kind, HEIR);
      },
      (context) => {
        const held = new OwnerLock(context.header, lock, identityOf(context, 2), 0);
        held.acquire();
        held.release();
      },
    ],
    check: () => true,
  });

describe('A death that comes while another thread recovers', () => {
  for (const [kind, lock, side] of [
    ['Queue', PUT_LOCK, 'put lock'],
    ['Queue', GET_LOCK, 'get lock'],
    ['LifoQueue', GET_LOCK, 'lock'],
  ] as const) {
    it(`leaves nobody asleep on the ${side} of a ${kind}`, () => {
      expect(explore(lastBreath(kind, lock), { preemptions: 2 }).complete).toBe(true);
    });
  }
});
