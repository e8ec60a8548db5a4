/** What becomes of items that were put, and that the codec cannot turn back. */
import { KIND } from '@pkg/sync';
import { ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { describe, expect, it } from 'vitest';
import type { Codec } from './codec/codec.ts';
import { LifoQueue, PriorityQueue, Queue, QueueCodecError, SimpleQueue } from './index.ts';
import { QueueOrigin } from './queue-origin.ts';
import type { SharedQueue } from './shared-queue.ts';
import type { TaskQueue } from './task-queue.ts';

/** Items are numbers; those below 0 cannot be decoded. */
const codec: Codec<number> = {
  name: 'fails below 0',
  encode: (value) => Uint8Array.of(value & 0xff),
  decode([byte]) {
    if (byte! > 127) throw new RangeError(`${byte! - 256} is below 0`);
    return byte!;
  },
};
/** Makes priorities ascend in the order of putting, and stacks are emptied from the other end. */
let next = 0;
const options = { codec, priority: () => next++ };

const KINDS: [string, () => SharedQueue<number>, boolean][] = [
  ['Queue', () => new Queue(0, options), false],
  ['LifoQueue', () => new LifoQueue(0, options), true],
  ['PriorityQueue', () => new PriorityQueue(0, options), false],
  ['SimpleQueue', () => new SimpleQueue(options), false],
];

const errorOf = async (action: () => unknown): Promise<QueueCodecError> => {
  try {
    await action();
  } catch (error) {
    if (error instanceof QueueCodecError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const unfinished = (queue: SharedQueue<number>) => (queue as Partial<TaskQueue<number>>).unfinishedTasks;

describe.each(KINDS)('an item of a %s that cannot be decoded', (_, make, isStack) => {
  const put = (queue: SharedQueue<number>, items: number[]) =>
    queue.putMany(isStack ? items.toReversed() : items);

  it('is taken by a single get, which says so', async () => {
    const queue = make();
    for (const get of [
      () => queue.get(),
      () => queue.getNowait(),
      () => queue.getAsync(),
      () => queue.poll(),
      () => [...queue],
    ]) {
      put(queue, [-1]);
      const error = await errorOf(get);
      expect(error).toMatchObject({ taken: 1, items: [], code: 'QUEUE_CODEC', path: 'item' });
      expect(error.cause).toMatchObject({ message: '-1 is below 0' });
      expect(queue.qsize()).toBe(0);
    }
    expect(unfinished(queue)).toBe(queue instanceof SimpleQueue ? undefined : 5);
  });

  it('hides none of its batch', async () => {
    const queue = make();
    for (const getMany of [() => queue.getMany(10), () => queue.getManyAsync(10)]) {
      for (const [batch, readable, first] of [
        [[1, 2, -3, 4], [1, 2, 4], -3],
        [[-1, 2, -3], [2], -1],
        [[-2], [], -2],
        [[1, -2, -3], [1], -2],
      ] as const) {
        put(queue, [...batch]);
        const error = await errorOf(getMany);
        expect(error).toMatchObject({ taken: batch.length, items: readable });
        expect(error.message).toContain(`${first} is below 0`);
        expect(queue.qsize()).toBe(0);
      }
    }
  });

  it('counts as unfinished, with all that were taken, until they are done', async () => {
    const queue = make();
    if (queue instanceof SimpleQueue) return;
    const tasks = queue as TaskQueue<number>;
    put(queue, [1, -2, 3, 4]);
    const error = await errorOf(() => queue.getMany(3));
    expect(tasks.unfinishedTasks).toBe(4);
    tasks.taskDone(error.taken);
    expect(queue.get()).toBe(4);
    tasks.taskDone();
    tasks.join({ timeout: 0 });
  });

  it('fails an asynchronous get that waits for it', async () => {
    const queue = make();
    const single = errorOf(() => queue.getAsync());
    put(queue, [-1]);
    expect(await single).toMatchObject({ taken: 1, items: [] });
    const batch = errorOf(() => queue.getManyAsync(5));
    put(queue, [-1, 2]);
    expect(await batch).toMatchObject({ taken: 2, items: [2] });
  });
});

describe('the error of a call', () => {
  it('that puts has taken nothing', async () => {
    const queue = new Queue<unknown>();
    queue.put(1);
    for (const put of [() => queue.put(() => 1), () => queue.putManyAsync([2, () => 1])]) {
      expect(await errorOf(put)).toMatchObject({ taken: 0, items: [] });
    }
    expect(queue.qsize()).toBe(1);
  });

  it('keeps what it says when the codec throws the same one again', async () => {
    for (const seal of [(error: Error) => error, Object.freeze]) {
      const thrown = seal(new QueueCodecError('never', { path: 'item.x' }));
      const fail = () => {
        throw thrown;
      };
      const queue = new Queue<number>(0, { codec: { encode: () => new Uint8Array(1), decode: fail } });
      queue.putMany([1, 2, 3, 4]);
      const first = await errorOf(() => queue.get());
      const second = await errorOf(() => queue.getMany(3));
      expect(first).toMatchObject({ message: 'never', path: 'item.x', taken: 1 });
      expect(second).toMatchObject({ message: 'never', path: 'item.x', taken: 3, cause: thrown });
    }
  });

  it('is one of ours whatever the codec throws', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const cause of [new Error('own'), undefined, null, 'text', proxy]) {
      const fail = () => {
        throw cause;
      };
      const queue = new Queue<number>(0, { codec: { encode: () => new Uint8Array(1), decode: fail } });
      queue.put(1);
      const error = await errorOf(() => queue.get());
      expect([error.taken, error.cause === cause]).toEqual([1, true]);
    }
  });
});

describe.each<[string, typeof Queue]>([
  ['Queue', Queue],
  ['LifoQueue', LifoQueue as never],
  ['PriorityQueue', PriorityQueue as never],
])('dead letters of a %s', (_, Kind) => {
  it('are given as far as they can be decoded, by the error if one of them cannot', async () => {
    const table = ThreadTable.create();
    let keys = 0;
    const enter = () => ({
      identity: new ThreadIdentity(table, table.claim(++keys), { slice: Infinity, mayBlock: true }),
      spins: 0,
    });
    const create = { codec, redeliver: true, maxDeliveries: 1 };
    const queue = new Kind<number>(QueueOrigin.create<number>(0, create, true, enter()));
    const die = async (items: number[]) => {
      const self = enter();
      const taker = new Kind<number>(
        QueueOrigin.attach<number>(queue.handle, queue.handle[KIND], { codec }, self),
      );
      for (const item of items) {
        queue.put(item);
        await Promise.resolve(taker.getAsync()).catch(() => {});
      }
      table.markDead(self.identity.id);
      queue.recover();
    };
    await die([1, 2]);
    expect(queue.deadLetters()).toEqual([1, 2]);
    await die([-3, 4, -5]);
    for (let i = 0; i < 2; i++) {
      const error = await errorOf(() => queue.deadLetters());
      expect(error).toMatchObject({ taken: 0, items: [1, 2, 4] });
      expect(error.message).toContain('-3 is below 0');
    }
    expect(queue.unfinishedTasks).toBe(0);
  });
});
