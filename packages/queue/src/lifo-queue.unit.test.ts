import { describe, expect, it } from 'vitest';
import { QueueEmpty, QueueFull, QueueShutDown, QueueTimeout } from './errors.ts';
import { LifoQueue } from './lifo-queue.ts';
import { Queue } from './queue.ts';

describe('LifoQueue', () => {
  it('gives back the newest item first, single and in batches', () => {
    const queue = new LifoQueue<number>();
    queue.putMany([1, 2, 3]);
    queue.put(4);
    expect(queue.get()).toBe(4);
    queue.put(5);
    expect(queue.getMany(10)).toEqual([5, 3, 2, 1]);
    expect(queue.empty()).toBe(true);
    expect(() => queue.getNowait()).toThrow(QueueEmpty);
  });

  it('is full at maxsize, and tells how many of a batch are in', () => {
    const queue = new LifoQueue<string>(2);
    try {
      queue.putMany(['a', 'b', 'c'], { timeout: 0 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(QueueFull);
      expect((error as QueueFull).accepted).toBe(2);
    }
    expect(queue.full()).toBe(true);
    queue.maxsize = 1;
    queue.get();
    expect(() => queue.putNowait('d')).toThrow(QueueFull);
    queue.maxsize = 0;
    queue.putNowait('d');
    expect(queue.getMany(5)).toEqual(['d', 'a']);
  });

  it('counts tasks as CPython does', () => {
    const queue = new LifoQueue<number>();
    expect(() => queue.taskDone()).toThrow(RangeError);
    queue.putMany([1, 2]);
    queue.get();
    queue.taskDone();
    expect(() => queue.join({ timeout: 0 })).toThrow(QueueTimeout);
    expect(() => queue.taskDone(2)).toThrow(RangeError);
    expect(queue.unfinishedTasks).toBe(1);
    queue.get();
    queue.taskDone();
    queue.join();
    expect(() => queue.taskDone()).toThrow(RangeError);
  });

  it('drains after a shutdown, and drops everything at an immediate one', () => {
    const queue = new LifoQueue<number>();
    queue.putMany([1, 2, 3]);
    queue.shutdown();
    expect(() => queue.put(4)).toThrow(QueueShutDown);
    expect(queue.get()).toBe(3);
    queue.shutdown({ immediate: true });
    expect(() => queue.get()).toThrow(QueueShutDown);
    expect(queue.qsize()).toBe(0);
    expect(queue.unfinishedTasks).toBe(1);
    queue.taskDone();
    queue.join();
    expect(queue.stats().bytesInUse).toBe(0);
  });

  it('wakes those who wait, in blocking and in async form', async () => {
    const queue = new LifoQueue<number>(1);
    const got = queue.getAsync();
    queue.put(1);
    expect(await got).toBe(1);
    queue.put(2);
    const put = queue.putAsync(3);
    expect(queue.get()).toBe(2);
    await put;
    expect(queue.get()).toBe(3);
    const joined = queue.joinAsync();
    queue.taskDone(3);
    await joined;
  });

  it('attaches by its handle, and only by its own', () => {
    const queue = new LifoQueue<string>();
    const attached = LifoQueue.from<string>(structuredClone(queue.handle));
    attached.put('there');
    expect(queue.get()).toBe('there');
    expect(() => LifoQueue.from(new Queue().handle)).toThrow(TypeError);
    expect(() => Queue.from(queue.handle)).toThrow(TypeError);
  });

  it('holds an item as large as its memory, and refuses a larger one', () => {
    const queue = new LifoQueue<Uint8Array>(0, { codec: 'bytes', maxBytes: 128 * 1024 });
    queue.put(new Uint8Array(10));
    expect(() => queue.put(new Uint8Array(128 * 1024))).toThrow(RangeError);
    const large = new Uint8Array(128 * 1024 - 200).fill(7);
    expect(() => queue.putNowait(large)).toThrow(QueueFull);
    queue.get();
    queue.putNowait(large);
    const got = queue.get();
    expect(got.length).toBe(large.length);
    expect(got.every((byte) => byte === 7)).toBe(true);
    expect(queue.stats().bytesInUse).toBe(0);
  });

  it('waits for memory as it waits for a place', async () => {
    const queue = new LifoQueue<Uint8Array>(0, { codec: 'bytes', maxBytes: 64 * 1024 });
    queue.put(new Uint8Array(30_000).fill(1));
    queue.put(new Uint8Array(30_000).fill(2));
    const put = queue.putAsync(new Uint8Array(30_000).fill(3));
    expect(queue.qsize()).toBe(2);
    expect(queue.get()[0]).toBe(2);
    await put;
    expect(queue.get()[0]).toBe(3);
    expect(queue.get()[0]).toBe(1);
  });
});
