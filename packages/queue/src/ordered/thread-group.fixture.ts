import { KIND } from '@pkg/sync';
import { slotOf, ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { QueueOrigin } from '../queue-origin.ts';
import type { TaskQueue } from '../task-queue.ts';

const GEOMETRY = { pageWords: 64, maxPages: 300, rows: 16 };

/** Word of the table that says where to look for a free slot first. */
const HINT = 2;

export type Class = new (origin: QueueOrigin<number>) => TaskQueue<number>;

/** Threads of one queue, all acted by this one. */
export function group(Queue: Class, options: { redeliver?: boolean; maxDeliveries?: number } = {}) {
  const table = ThreadTable.create();
  let keys = 0;
  const enter = () =>
    new ThreadIdentity(table, table.claim(++keys), { slice: Number.POSITIVE_INFINITY, mayBlock: true });
  const identity = enter();
  const origin = QueueOrigin.create<number>(0, options, true, { geometry: GEOMETRY, identity, spins: 0 });
  const queue = new Queue(origin);
  return {
    queue,
    header: origin.pages.header,
    join() {
      const self = enter();
      const overrides = { identity: self, spins: 0 };
      const attached = QueueOrigin.attach<number>(queue.handle, queue.handle[KIND], {}, overrides);
      return { queue: new Queue(attached), die: () => table.markDead(self.id), id: self.id };
    },
    /** The next thread to join gets the slot that `id` had. */
    offerSlotOf(id: number) {
      Atomics.store(table.words, HINT, slotOf(id));
    },
  };
}
