import { KIND } from '@pkg/sync';
import { ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET_LOCK } from '../layout.ts';
import { dieEverywhere, dieTwiceEverywhere, type Item, type Kind, VERBS } from '../ordered/deaths.fixture.ts';
import { installMortality, makeMortal, runMortal } from '../ordered/mortal-memory.fixture.ts';
import { type Class, group } from '../ordered/thread-group.fixture.ts';
import { Queue } from '../queue.ts';
import { QueueOrigin } from '../queue-origin.ts';

const kind: Kind = {
  name: 'Queue',
  freesDiscarded: false,
  make: (origin) => new Queue<Item>(origin),
  order: (returned, rest) => [...returned, ...rest],
};

let uninstall: () => void;
beforeAll(() => {
  uninstall = installMortality();
});
afterAll(() => uninstall());

for (const redeliver of [false, true]) {
  describe(`a thread that dies at any write in a Queue ${redeliver ? 'with' : 'without'} redelivery`, () => {
    for (const verb of VERBS) {
      it(`in ${verb.name}: nothing is lost and nobody hangs`, () => {
        expect(dieEverywhere({ kind, redeliver, verb, discovery: 'recovers' })).toBeGreaterThan(1);
        expect(dieEverywhere({ kind, redeliver, verb, discovery: 'just goes on' }, 3)).toBeGreaterThan(1);
      });

      it(`in ${verb.name}, and the first to recover dies as well`, () => {
        expect(dieTwiceEverywhere({ kind, redeliver, verb, discovery: 'recovers' }, 2)).toBeGreaterThan(0);
      });
    }
  });
}

describe('a Queue, when threads die', () => {
  const Class = Queue as unknown as Class;

  it.each([false, true])('keeps what a successor in the slot does apart (redeliver %s)', (redeliver) => {
    const { queue, join, offerSlotOf } = group(Class, { redeliver });
    queue.putMany([1, 2, 3, 4]);
    const other = join();
    other.queue.getMany(2);
    queue.get();
    other.die();
    offerSlotOf(other.id);
    const successor = join();
    successor.queue.taskDone();
    successor.queue.recover();
    expect(queue.unfinishedTasks).toBe(redeliver ? 3 : 1);
    while (!queue.empty()) {
      queue.get();
      queue.taskDone();
    }
    queue.join({ timeout: 0 });
  });

  it('counts what a dead thread settled too early', () => {
    const { queue, join } = group(Class);
    const early = join();
    early.queue.put(1);
    early.queue.taskDone();
    early.die();
    queue.recover();
    queue.get();
    queue.putMany([2, 3]);
    const other = join();
    other.queue.get();
    other.die();
    queue.get();
    queue.taskDone();
    expect(queue.abandoned).toBe(1);
    queue.join({ timeout: 0 });
  });

  it('settles the oldest lease first, also after recovery has made the lists anew', () => {
    const { queue, join, header } = group(Class, { redeliver: true });
    queue.putMany([1, 2, 3]);
    const first = join();
    first.queue.get();
    const holder = join();
    expect(holder.queue.get()).toBe(2);
    first.die();
    queue.recover();
    expect(holder.queue.get()).toBe(1);
    const dying = join();
    Atomics.store(header, GET_LOCK, dying.id);
    dying.die();
    // Done with 2, which it took first; 1 is still in work when it dies.
    holder.queue.taskDone();
    holder.die();
    queue.recover();
    expect(queue.get()).toBe(1);
    expect(queue.get()).toBe(3);
  });

  it.each([false, true])(
    'takes back a segment that was begun for an item which never came (redeliver %s)',
    (redeliver) => {
      for (let writes = 0, killed = true; killed; writes++) {
        const table = ThreadTable.create();
        const enter = (key: number) => ({
          geometry: { pageWords: 64, maxPages: 180, rows: 16 },
          identity: new ThreadIdentity(table, table.claim(key), {
            slice: Number.POSITIVE_INFINITY,
            mayBlock: true,
          }),
          spins: 0,
        });
        const origin = QueueOrigin.create<string>(0, { redeliver }, true, enter(1));
        makeMortal(origin.pages);
        const queue = new Queue<string>(origin);
        const idle = queue.stats().bytesInUse;
        const self = enter(2);
        const attached = QueueOrigin.attach<string>(queue.handle, queue.handle[KIND], {}, self);
        makeMortal(attached.pages);
        const putter = new Queue<string>(attached);
        queue.put('x'.repeat(160));
        ({ killed } = runMortal(() => putter.put('y'.repeat(160)), writes));
        table.markDead(self.identity.id);
        queue.recover();
        const left = queue.getMany(9).length + (queue.empty() ? 0 : queue.getMany(9).length);
        queue.taskDone(left);
        expect(queue.stats().bytesInUse, `killed before write ${writes}`).toBe(idle);
      }
    },
  );
});
