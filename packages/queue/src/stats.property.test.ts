import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueEmpty, QueueFull } from './errors.ts';
import { LifoQueue } from './lifo-queue.ts';
import { PriorityQueue } from './priority-queue.ts';
import { Queue } from './queue.ts';
import { SimpleQueue } from './simple-queue.ts';

/** Makes a queue, and attaches to it a second time: its objects remember what they did, not what others did. */
const KINDS = {
  Queue: (maxsize: number) => {
    const queue = new Queue<number>(maxsize, { codec: 'int32' });
    return [queue, Queue.from(queue.handle)];
  },
  'Queue with redeliver': (maxsize: number) => {
    const queue = new Queue<number>(maxsize, { redeliver: true });
    return [queue, Queue.from(queue.handle)];
  },
  LifoQueue: (maxsize: number) => {
    const queue = new LifoQueue<number>(maxsize);
    return [queue, LifoQueue.from(queue.handle)];
  },
  PriorityQueue: (maxsize: number) => {
    const queue = new PriorityQueue<number>(maxsize);
    return [queue, PriorityQueue.from(queue.handle)];
  },
  SimpleQueue: () => {
    const queue = new SimpleQueue<number>();
    return [queue, SimpleQueue.from(queue.handle)];
  },
};

const step = fc.record({
  view: fc.nat(1),
  verb: fc.constantFrom('put', 'put', 'get', 'get', 'batch'),
  count: fc.integer({ min: 1, max: 5 }),
});

describe('stats()', () => {
  it.each(Object.entries(KINDS))('of a %s counts exactly, whoever did what', (name, make) => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 3), fc.array(step, { maxLength: 60 }), (bound, steps) => {
        const maxsize = name === 'SimpleQueue' ? 0 : bound;
        const views = make(maxsize);
        let [puts, gets, most] = [0, 0, 0];
        const room = () => (maxsize === 0 ? Number.POSITIVE_INFINITY : maxsize - (puts - gets));
        for (const { view, verb, count } of steps) {
          const queue = views[view]!;
          if (verb === 'get') {
            if (puts === gets) expect(() => queue.getNowait()).toThrow(QueueEmpty);
            else {
              queue.getNowait();
              gets++;
            }
          } else {
            const items = Array.from({ length: verb === 'put' ? 1 : count }, (_, n) => puts + n);
            const accepted = Math.min(items.length, room());
            if (accepted < items.length) {
              expect(() => queue.putMany(items, { timeout: 0 })).toThrow(QueueFull);
            } else if (verb === 'put') queue.putNowait(items[0]!);
            else queue.putMany(items, { timeout: 0 });
            puts += accepted;
            most = Math.max(most, puts - gets);
          }
          const { highWaterMark, ...stats } = views[1 - view]!.stats();
          expect([stats.puts, stats.gets, highWaterMark]).toEqual([puts, gets, most]);
        }
      }),
    );
  });
});
