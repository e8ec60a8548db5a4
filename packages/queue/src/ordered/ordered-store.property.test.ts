import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueEmpty, QueueFull, QueueShutDown } from '../errors.ts';
import { LifoQueue } from '../lifo-queue.ts';
import { PriorityQueue } from '../priority-queue.ts';
import type { TaskQueue } from '../task-queue.ts';

type Item = [priority: number, id: number, filler: string];

/** What is queued, in the order in which it leaves. */
interface Model {
  readonly make: () => TaskQueue<Item>;
  readonly insert: (queued: Item[], item: Item) => void;
}

const MODELS: Record<string, Model> = {
  LifoQueue: {
    make: () => new LifoQueue<Item>(0, { maxBytes: 1024 * 1024 }),
    insert: (queued, item) => queued.unshift(item),
  },
  PriorityQueue: {
    make: () => new PriorityQueue<Item>(0, { maxBytes: 1024 * 1024, redeliver: true }),
    insert: (queued, item) => {
      const at = queued.findIndex(([priority]) => priority > item[0]);
      queued.splice(at < 0 ? queued.length : at, 0, item);
    },
  },
};

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(100) },
  { weight: 3, arbitrary: fc.nat(5_000) },
  { weight: 1, arbitrary: fc.nat(200 * 1024) },
);
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      verb: fc.constant('put' as const),
      items: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), size), { minLength: 1, maxLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('put' as const),
      items: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), size), { maxLength: 8 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ verb: fc.constant('get' as const), max: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ verb: fc.constant('done' as const), count: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('maxsize' as const), maxsize: fc.nat(12) }) },
);

describe.each(Object.entries(MODELS))('%s against a model', (_, model) => {
  it('does what the model does, and gives its memory back', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), fc.boolean(), (operations, immediate) => {
        const queue = model.make();
        const queued: Item[] = [];
        let taken = 0;
        let puts = 0;
        let maxsize = 0;
        for (const op of operations) {
          if (op.verb === 'put') {
            const items = op.items.map(
              ([priority, length], i): Item => [priority, puts + i, 'x'.repeat(length)],
            );
            let accepted = items.length;
            try {
              queue.putMany(items, { timeout: 0 });
            } catch (error) {
              if (!(error instanceof QueueFull)) throw error;
              accepted = error.accepted;
              const noPlace = maxsize > 0 && queued.length + accepted >= maxsize;
              // Less than half of the memory is lost to the sizes of blocks.
              expect(noPlace || queue.stats().bytesInUse > 700 * 1024).toBe(true);
            }
            for (const item of items.slice(0, accepted)) model.insert(queued, item);
            puts += items.length;
          } else if (op.verb === 'get') {
            const expected = queued.splice(0, op.max);
            if (expected.length === 0)
              expect(() => queue.getMany(op.max, { timeout: 0 })).toThrow(QueueEmpty);
            else {
              const got = queue.getMany(op.max, { timeout: 0 });
              // A batch ends where the scratch for it does.
              expect(got).toEqual(expected.slice(0, got.length));
              queued.unshift(...expected.slice(got.length));
              taken += got.length;
            }
          } else if (op.verb === 'done') {
            if (op.count <= taken) {
              queue.taskDone(op.count);
              taken -= op.count;
            }
          } else {
            maxsize = op.maxsize;
            queue.maxsize = maxsize;
          }
          expect(queue.qsize()).toBe(queued.length);
          expect(queue.unfinishedTasks).toBe(queued.length + taken);
          expect(queue.full()).toBe(maxsize > 0 && queued.length >= maxsize);
        }
        queue.shutdown({ immediate });
        if (!immediate) {
          taken += queued.length;
          expect([...queue]).toEqual(queued);
        }
        expect(() => queue.put([0, 0, ''])).toThrow(QueueShutDown);
        expect(() => queue.get()).toThrow(QueueShutDown);
        if (taken > 0) queue.taskDone(taken);
        queue.join({ timeout: 0 });
        expect(queue.stats().bytesInUse).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('does not lose its memory to fragments', () => {
    let seed = 12345;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      return (seed >>> 0) / 2 ** 32;
    };
    const bytes = new Uint8Array(200 * 1024);
    const options = { maxBytes: 4 * 1024 * 1024, codec: 'bytes' as const };
    const priority = () => random();
    const queue: TaskQueue<Uint8Array> =
      model === MODELS.LifoQueue
        ? new LifoQueue<Uint8Array>(0, options)
        : new PriorityQueue<Uint8Array>(0, { ...options, priority });
    let held = 0;
    for (let i = 0; i < 50_000; i++) {
      // Half of the memory in use: whatever the order of frees, the next item fits.
      const length = Math.floor(200 * 1024 * random() ** 6);
      while (held + length > 2 * 1024 * 1024) held -= queue.getNowait().length;
      queue.putNowait(bytes.subarray(0, length));
      held += length;
      if (random() < 0.4 && !queue.empty()) held -= queue.getNowait().length;
    }
    while (!queue.empty()) held -= queue.getNowait().length;
    expect(held).toBe(0);
    expect(queue.stats().bytesInUse).toBe(0);
  });
});
