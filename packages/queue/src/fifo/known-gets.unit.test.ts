import { describe, expect, it } from 'vitest';
import { QueueFull } from '../errors.ts';
import { KNOWN_GETS, PUTS } from '../layout.ts';
import { Queue } from '../queue.ts';

describe('A Queue without a bound, when its putter takes the items as well', () => {
  it('has a bound when one is set after more than 2^31 puts', () => {
    const queue = new Queue<number>();
    const header = new Int32Array(queue.handle.memory);
    const goOn = () => {
      for (let i = 0; i < 20; i++) {
        queue.put(i);
        queue.get();
        queue.taskDone();
      }
    };
    goOn();
    // As if nobody had looked at GETS in so many puts.
    header[KNOWN_GETS] = (header[PUTS]! - (2 ** 31 - 10)) | 0;
    goOn();
    queue.maxsize = 2;
    queue.putNowait(1);
    queue.putNowait(2);
    expect(() => queue.putNowait(3)).toThrow(QueueFull);
    expect([queue.qsize(), queue.full(), queue.stats().highWaterMark]).toEqual([2, true, 2]);
  });
});
