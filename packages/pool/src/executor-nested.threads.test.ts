import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import { ExecutorShutDown, TaskTimeout, ThreadPoolExecutor } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);

const { shared, make } = executorsOf<Tasks>(url, 1);

const MEBIBYTE = 1 << 20;

/**
 * Blocks for longer than the tasks take, so that what becomes of them is handed out in one batch. Where it is not, the
 * tests hold all the same.
 */
const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);

describe('submitSync, called while results are handed out', () => {
  it('leaves everybody what is theirs, however big', async () => {
    let nested: number | undefined;
    const onProgress = () => {
      nested ??= shared.submitSync('bigResult', [MEBIBYTE + 100]).byteLength;
    };
    const reporting = shared.submit('progress', [1], { onProgress });
    const tasks = [1, 2, 3].map((more) => shared.submit('bigResult', [MEBIBYTE + more]));
    standStill();
    const results = await Promise.all(tasks);
    await reporting;
    expect(results.map((bytes) => bytes.byteLength - MEBIBYTE)).toEqual([1, 2, 3]);
    expect(nested).toBe(MEBIBYTE + 100);
  });

  it('leaves streams and progress in order', async () => {
    const steps: number[] = [];
    const onProgress = (value: unknown) => {
      steps.push((value as { step: number }).step);
      if (steps.length === 3) expect(shared.submitSync('add', [1, 2])).toBe(3);
    };
    const counting = shared.submit('countTo', [40]);
    const reporting = shared.submit('progress', [20], { onProgress });
    const items: number[] = [];
    for await (const item of counting) items.push(item);
    await reporting;
    expect(items).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(steps).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  it('does so for those who only watch', async () => {
    let nested: number | undefined;
    let isFirst = true;
    const watch = () => {
      if (!isFirst) return;
      isFirst = false;
      nested = shared.submitSync('bigResult', [MEBIBYTE + 7]).byteLength;
    };
    subscribe('@pkg/pool:task:finished', watch);
    try {
      const tasks = [1, 2, 3].map((more) => shared.submit('bigResult', [MEBIBYTE + more]));
      standStill();
      const results = await Promise.all(tasks);
      expect(results.map((bytes) => bytes.byteLength - MEBIBYTE)).toEqual([1, 2, 3]);
    } finally {
      unsubscribe('@pkg/pool:task:finished', watch);
    }
    expect(nested).toBe(MEBIBYTE + 7);
  });
});

describe('submitSync', () => {
  it('ends a task that will not stop, while the thread blocks', () => {
    const executor = make({ graceMs: 50 });
    const started = new Counter();
    expect(() => executor.submitSync('deaf', [started], { timeout: 300 })).toThrow(TaskTimeout);
    // The one worker is free only once the other task's was terminated and replaced.
    expect(executor.submitSync('add', [1, 3])).toBe(4);
  });

  it('says that the executor was shut down, handle or not', async () => {
    const executor = make();
    expect(executor.handle).toBeDefined();
    await executor.shutdown();
    expect(() => executor.submitSync('add', [1, 2])).toThrow(ExecutorShutDown);
  });
});

describe('the name of a task', () => {
  it.each([Symbol('x'), undefined, 5, null])('is a string, not %s', async (name) => {
    const error = await rejectionOf(shared.submit(name as never, [] as never));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain('the name of a task must be a string, not ');
    expect(await shared.submit('add', [1, 2])).toBe(3);
  });
});

describe('a stream that is open', () => {
  it('ends by the signal of its task', async () => {
    const controller = new AbortController();
    const cleaned = new Counter();
    const stream = shared.submit('countTo', [1e9, new Counter(), cleaned], { signal: controller.signal });
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of stream) {
        items.push(item);
        if (item === 30) controller.abort(new RangeError('enough'));
      }
    })();
    expect(await rejectionOf(reading)).toBe(controller.signal.reason);
    while (cleaned.get() === 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('ends when the time of its task is over', async () => {
    const stream = shared.submit('countTo', [1e9], { timeout: 100 });
    const reading = (async () => {
      for await (const _ of stream);
    })();
    expect(await rejectionOf(reading)).toBeInstanceOf(TaskTimeout);
    expect(await shared.submit('add', [2, 2])).toBe(4);
  });
});

describe('tasks in line for the queue', () => {
  it('stand there by their priorities', async () => {
    const executor = make({ maxQueue: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const blocking = executor.submit('block', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const order: number[] = [];
    const tasks = [9, 8, 7, 6, 5, 4, 4.5, 3].map((priority) =>
      executor.submit('echo', [priority], { priority }).then((value) => order.push(value as number)),
    );
    go.add(1);
    await Promise.all([blocking, ...tasks]);
    // The first one had a place before there was a line.
    expect(order).toEqual([9, 3, 4, 4.5, 5, 6, 7, 8]);
  });
});

describe('shutdown', () => {
  type NeverReady = typeof import('../test/fixtures/never-ready.ts');
  const neverReady = new URL('../test/fixtures/never-ready.ts', import.meta.url);

  it.each(['timeout', 'cancel', 'cancelPending'])(
    'waits for no worker when every task has ended by %s',
    async (how) => {
      const executor = new ThreadPoolExecutor<NeverReady>(neverReady, {
        maxWorkers: 1,
        initializer: 'initialise',
      });
      const task = executor.submit('add', [1, 2], how === 'timeout' ? { timeout: 20 } : {});
      if (how === 'cancel') task.cancel();
      const ending = rejectionOf(task);
      if (how === 'timeout') await ending;
      await executor.shutdown({ cancelPending: how === 'cancelPending' });
      await ending;
    },
  );
});
