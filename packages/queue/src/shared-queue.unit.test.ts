import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue, QueueCodecError, QueueShutDown } from './index.ts';

const PAGE = 2 ** 16;

describe.each<typeof Queue>([Queue, LifoQueue as never, PriorityQueue as never])(
  'an item that cannot be put into a %o',
  (Kind) => {
    const make = () =>
      new Kind<unknown>(0, { maxBytes: PAGE, ...(Kind === PriorityQueue ? { priority: () => 1 } : {}) });

    const items: [string, unknown, unknown][] = [
      ['no codec carries', () => 1, QueueCodecError],
      ['can never fit', new Uint8Array(16 * PAGE), RangeError],
    ];

    it.each(items)(
      'as it %s is refused for that, and after a shutdown for the shutdown',
      async (_, item, Class) => {
        const queue = make();
        const verbs: (() => unknown)[] = [
          () => queue.put(item),
          () => queue.putNowait(item),
          () => queue.putMany([1, item]),
          () => queue.putAsync(item),
          () => queue.putManyAsync([1, item]),
        ];
        const outcome = async (verb: () => unknown) => {
          try {
            return await verb();
          } catch (error) {
            return error;
          }
        };
        for (const verb of verbs) expect(await outcome(verb)).toBeInstanceOf(Class);
        queue.shutdown();
        for (const verb of verbs) {
          const error = await outcome(verb);
          expect(error).toBeInstanceOf(QueueShutDown);
          expect(error).toMatchObject({ accepted: 0 });
        }
        expect(queue.qsize()).toBe(0);
      },
    );
  },
);
