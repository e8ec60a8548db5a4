/**
 * The scenarios of CPython 3.13's `Lib/test/test_queue.py` for `SimpleQueue` (`BaseSimpleQueueTest` and
 * `CSimpleQueueTest`), by their names there, on real threads, in the blocking and in the asynchronous form of the
 * verbs. See docs/reference/cpython-conformance.md.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as listing from '../src/index.ts';
import { QueueEmpty, SimpleQueue } from '../src/index.ts';
import { refTo } from './fixtures/queue-ref.ts';
import { Threads } from './fixtures/threads.ts';
import { verbs } from './fixtures/verbs.ts';

/** Threads on each side. The original has 50; a thread here is a whole engine, so the rest are asynchronous loops. */
const THREADS = Number(process.env['CONFORMANCE_THREADS'] ?? 6);
const ORIGINAL_THREADS = 50;

const threads = new Threads();
beforeAll(() => threads.warmUp(2 * THREADS));
afterEach(() => threads.dropBusy());
afterAll(() => threads.close());

const outcome = async (action: () => unknown): Promise<unknown> => action();
const ascending = (a: number, b: number) => a - b;

describe.each([verbs.blocking, verbs.async])('SimpleQueue $name', (form) => {
  async function runThreads(
    queue: SimpleQueue<unknown>,
    count: number,
    inputs: number,
    how: 'wait' | 'nonblock' | 'timeout',
    loops: number,
  ): Promise<number[]> {
    const ref = refTo(queue);
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const crew = <T>(start: () => Promise<T>) => Array.from({ length: count }, start);
    const fed = crew(() => threads.run('feed', form.name, ref, counter, inputs, loops));
    const consumed = crew(() => threads.run('consume', form.name, ref, how, loops));
    await Promise.all(fed);
    const results = (await Promise.all(consumed)).flat();
    expect(queue.empty()).toBe(true);
    expect(queue.qsize()).toBe(0);
    return results;
  }

  const manyThreads = async (inputs: number, how: 'wait' | 'nonblock' | 'timeout') => {
    const loops = form.name === 'async' ? Math.ceil(ORIGINAL_THREADS / THREADS) : 1;
    const results = await runThreads(new SimpleQueue(), THREADS, inputs, how, loops);
    expect(results.sort(ascending)).toEqual(Array.from({ length: inputs }, (_, i) => i));
  };

  it('test_basic', async () => {
    const queue = new SimpleQueue<unknown>();
    expect(queue.empty()).toBe(true);
    expect(queue.qsize()).toBe(0);
    await form.put(queue, 1);
    expect(queue.empty()).toBe(false);
    expect(queue.qsize()).toBe(1);
    await form.put(queue, 2);
    queue.putNowait(3);
    await form.put(queue, 4);
    expect(queue.empty()).toBe(false);
    expect(queue.qsize()).toBe(4);
    expect(await form.get(queue)).toBe(1);
    expect(queue.qsize()).toBe(3);
    expect(queue.getNowait()).toBe(2);
    expect(queue.qsize()).toBe(2);
    expect(await form.get(queue, { timeout: 0 })).toBe(3);
    expect(queue.empty()).toBe(false);
    expect(queue.qsize()).toBe(1);
    expect(await form.get(queue, { timeout: 100 })).toBe(4);
    expect(queue.empty()).toBe(true);
    expect(queue.qsize()).toBe(0);
    await expect(outcome(() => form.get(queue, { timeout: 0 }))).rejects.toThrow(QueueEmpty);
    await expect(outcome(() => form.get(queue, { timeout: 1 }))).rejects.toThrow(QueueEmpty);
    expect(() => queue.getNowait()).toThrow(QueueEmpty);
    expect(queue.empty()).toBe(true);
    expect(queue.qsize()).toBe(0);
  });

  it('test_negative_timeout_raises_exception', async () => {
    const queue = new SimpleQueue<unknown>();
    await form.put(queue, 1);
    await expect(outcome(() => form.get(queue, { timeout: -1 }))).rejects.toThrow(RangeError);
    expect(queue.qsize()).toBe(1);
  });

  it('test_order', async () => {
    const results = await runThreads(new SimpleQueue(), 1, 100, 'wait', 1);
    expect(results).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('test_many_threads', () => manyThreads(10_000, 'wait'));

  it('test_many_threads_nonblock', () => manyThreads(10_000, 'nonblock'));

  it('test_many_threads_timeout', () => manyThreads(1000, 'timeout'));

  it('test_references', async () => {
    const count = 20;
    const queue = new SimpleQueue<object>();
    const collect = (globalThis as { gc?: () => void }).gc!;
    const put: WeakRef<object>[] = [];
    for (let i = 0; i < count; i++) {
      let item: object | undefined = { i };
      put.push(new WeakRef(item));
      await form.put(queue as SimpleQueue<unknown>, item);
      item = undefined;
    }
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // Stronger than the original: the queue holds bytes, so it never held the item that was put.
    expect(put.filter((item) => item.deref() !== undefined)).toHaveLength(0);
    expect(await threads.run('countKept', form.name, refTo(queue), count)).toBe(0);
  });

  it('test_is_default', async () => {
    expect(listing.SimpleQueue).toBe(SimpleQueue);
    expect(await threads.run('classOf', refTo(new SimpleQueue()))).toBe('SimpleQueue');
  });

  it('test_reentrancy', async () => {
    // In CPython a finaliser may run inside a put; in JavaScript it cannot, but a getter of the item does.
    const queue = new SimpleQueue<{ n: number }>();
    const end = 10_000;
    const results: number[] = [];
    let next = 0;
    while (results.at(-1) === undefined || results.at(-1)! < end) {
      await form.put(queue as SimpleQueue<unknown>, {
        get n() {
          queue.put({ n: next++ });
          return next++;
        },
      });
      for (let i = 0; i < 2; i++)
        results.push(((await form.get(queue as SimpleQueue<unknown>)) as { n: number }).n);
    }
    expect(results).toEqual(Array.from({ length: results.length }, (_, i) => i));
    expect(results.length).toBeGreaterThan(end);
  });
});
