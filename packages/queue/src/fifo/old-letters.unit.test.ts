import { describe, expect, it } from 'vitest';
import {
  GETS,
  HEAD_SEGMENT,
  KNOWN_GETS,
  KNOWN_PUTS,
  PUT_LOCK,
  PUTS,
  SETTLED,
  TAIL_SEGMENT,
} from '../layout.ts';
import { type Class, group } from '../ordered/thread-group.fixture.ts';
import { Queue } from '../queue.ts';

/** See `segments.ts`. */
const FIRST = 1;

/** So many items as fill a segment or two. */
const SOME = 30;

describe('Dead letters in segments of their own', () => {
  it.each([1000, 2 ** 31, 2 ** 32 - 500])(
    'and %i puts later a death in a put: the queue is recovered, and the letters are there',
    (puts) => {
      const { queue, header, join } = group(Queue as unknown as Class, { redeliver: true, maxDeliveries: 1 });
      const goOn = () => {
        for (let i = 0; i < SOME; i++) {
          queue.put(i);
          queue.get();
          queue.taskDone();
        }
      };
      for (const letter of [100, 101]) {
        queue.put(letter);
        const victim = join();
        victim.queue.get();
        victim.die();
        queue.recover();
        goOn();
      }
      // As so many rounds of a put, a get and a taskDone would: all counts move on, and the number of the last segment.
      const last = header[TAIL_SEGMENT]!;
      expect(header[HEAD_SEGMENT]).toBe(last);
      for (const count of [PUTS, GETS, SETTLED, KNOWN_PUTS, KNOWN_GETS]) {
        header[count] = (header[count]! + puts) | 0;
      }
      const words = new Int32Array(queue.handle.memory);
      words[last + FIRST] = (words[last + FIRST]! + puts) | 0;
      goOn();
      queue.putMany([1, 2, 3]);
      const victim = join();
      header[PUT_LOCK] = victim.id;
      victim.die();
      queue.recover();
      queue.put(4);
      expect(queue.deadLetters()).toEqual([100, 101]);
      expect(queue.qsize()).toBe(4);
      expect([1, 2, 3, 4].map(() => queue.getNowait())).toEqual([1, 2, 3, 4]);
    },
  );
});
