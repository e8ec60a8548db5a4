import { describe, expect, it } from 'vitest';
import { Queue, QueueFull, QueueShutDown } from './index.ts';

const itemOf = (name: string, bytes: number): [string, Uint8Array] => [name, new Uint8Array(bytes)];

describe('Puts of one thread that are promises', () => {
  it('go in in the order of their calls, also when a place is free again before the first has come round', async () => {
    const queue = new Queue<string>(1);
    queue.put('zeroth');
    const first = queue.putAsync('first');
    expect(queue.getNowait()).toBe('zeroth');
    const second = queue.putAsync('second');
    const rest = queue.putManyAsync(['third', 'fourth']);
    const taken: string[] = [];
    for (let i = 0; i < 4; i++) taken.push(await queue.getAsync());
    await Promise.all([first, second, rest]);
    expect(taken).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('wait for one that waits for memory, though theirs would be there', async () => {
    const queue = new Queue<[string, Uint8Array]>(0, { maxBytes: 65536 });
    queue.put(itemOf('zeroth', 40_000));
    const settled: string[] = [];
    const first = queue.putAsync(itemOf('first', 60_000)).then(() => settled.push('first'));
    const second = queue.putAsync(itemOf('second', 1)).then(() => settled.push('second'));
    const taken: string[] = [];
    for (let i = 0; i < 3; i++) taken.push((await queue.getAsync())[0]);
    await Promise.all([first, second]);
    expect(taken).toEqual(['zeroth', 'first', 'second']);
    expect(settled).toEqual(['first', 'second']);
  });

  it('that do not wait are tried at once', async () => {
    const queue = new Queue<number>(1);
    queue.put(0);
    const waiting = queue.putAsync(1);
    await expect(queue.putAsync(2, { timeout: 0 })).rejects.toThrow(QueueFull);
    expect(queue.getNowait()).toBe(0);
    await queue.putAsync(3, { timeout: 0 });
    expect(queue.getNowait()).toBe(3);
    await waiting;
    expect(queue.getNowait()).toBe(1);
  });

  it('do not wait when they have no items', async () => {
    const queue = new Queue<number>(1);
    queue.put(0);
    const waiting = queue.putAsync(1);
    await queue.putManyAsync([]);
    expect([queue.getNowait(), await queue.getAsync()]).toEqual([0, 1]);
    await waiting;
  });

  it.each([0, 1])('are called off by what their items do, behind %i others', async (others) => {
    const queue = new Queue<number>(2);
    queue.putMany([0, 1]);
    const before = Array.from({ length: others }, () => queue.putAsync(2));
    const controller = new AbortController();
    function* items() {
      yield 3;
      controller.abort(new Error('enough'));
      yield 4;
    }
    const put = queue.putManyAsync(items(), { signal: controller.signal });
    await expect(put).rejects.toThrow('enough');
    expect(queue.getMany(2)).toEqual([0, 1]);
    await Promise.all(before);
    expect(queue.qsize()).toBe(others);
  });

  it('leave the line when they are aborted, when their time is over, and at a shutdown', async () => {
    const queue = new Queue<number>(1);
    queue.put(0);
    const controller = new AbortController();
    const first = queue.putAsync(1, { signal: controller.signal });
    const second = queue.putAsync(2, { signal: controller.signal });
    const third = queue.putAsync(3, { timeout: 1 });
    const fourth = queue.putAsync(4);
    const fifth = queue.putAsync(5);
    await expect(third).rejects.toThrow(QueueFull);
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(second).rejects.toThrow('enough');
    expect(await queue.getAsync()).toBe(0);
    await fourth;
    queue.shutdown();
    await expect(fifth).rejects.toThrow(QueueShutDown);
    expect([...queue]).toEqual([4]);
    expect(queue.stats().putWaits).toBe(5);
  });

  it('learn of a shutdown in the line also when their time is over by then', async () => {
    const queue = new Queue<number>(1);
    queue.put(0);
    const first = queue.putAsync(1);
    const second = queue.putAsync(2, { timeout: 1 });
    // The thread comes round to both, the end of the time and the end of the first put, after the shutdown.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    queue.shutdown();
    await Promise.all([first, second].map((put) => expect(put).rejects.toThrow(QueueShutDown)));
  });
});
