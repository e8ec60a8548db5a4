import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue } from './index.ts';

describe.each<typeof Queue>([Queue, LifoQueue as never, PriorityQueue as never])(
  'taskDone of a %o',
  (Kind) => {
    it('called too often says how many items are unfinished', () => {
      const queue = new Kind<number>();
      queue.putMany([1, 2]);
      queue.taskDone();
      expect(() => queue.taskDone(2)).toThrow(
        new RangeError(
          'taskDone(2) called too often: 1 items are unfinished. Call it once for each item taken',
        ),
      );
      expect(queue.unfinishedTasks).toBe(1);
    });

    it('with redeliver says how many of them are held', () => {
      const queue = new Kind<number>(0, { redeliver: true });
      queue.putMany([1, 2]);
      const error = (count: number, held: number) =>
        new RangeError(
          `taskDone(${count}) called too often: of the 2 unfinished items ${held} are held by threads that have taken ` +
            'them (with redeliver, those that are queued cannot be done). Call it once for each item taken',
        );
      expect(() => queue.taskDone()).toThrow(error(1, 0));
      queue.get();
      expect(() => queue.taskDone(2)).toThrow(error(2, 1));
      expect(queue.unfinishedTasks).toBe(2);
      queue.taskDone();
      expect(queue.unfinishedTasks).toBe(1);
    });
  },
);
