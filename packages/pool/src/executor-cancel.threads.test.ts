import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import { TaskCancelled, type TaskFinished, TaskTimeout, type ThreadPoolExecutor } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);

const { shared, make } = executorsOf<Tasks>(url, 1);

const turn = () => new Promise((resolve) => setImmediate(resolve));
const until = async (condition: () => boolean) => {
  while (!condition()) await turn();
};

/** Keeps the one worker busy until the returned function is called. */
async function occupy(executor: ThreadPoolExecutor<Tasks>): Promise<() => Promise<number>> {
  const [started, go] = [new Counter(), new Counter()];
  const task = executor.submit('block', [started, go]);
  await until(() => started.get() === 1);
  return () => {
    go.add(1);
    return task;
  };
}

describe('cancelling a task that no worker has begun', () => {
  it('rejects it at once, and it never runs', async () => {
    const release = await occupy(shared);
    const runs = new Counter();
    const controller = new AbortController();
    const byCall = shared.submit('increment', [runs]);
    const bySignal = shared.submit('increment', [runs], { signal: controller.signal });
    const behind = shared.submit('add', [1, 2]);
    byCall.cancel();
    controller.abort(new RangeError('enough'));
    expect(await rejectionOf(byCall)).toBeInstanceOf(TaskCancelled);
    expect(await rejectionOf(bySignal)).toBe(controller.signal.reason);
    await release();
    expect(await behind).toBe(3);
    expect(runs.get()).toBe(0);
  });

  it('takes one listener for all tasks with the same signal', async () => {
    const release = await occupy(shared);
    const controller = new AbortController();
    const { signal } = controller;
    const tasks = Array.from({ length: 20 }, () => shared.submit('add', [1, 2], { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('all of them');
    expect(await Promise.all(tasks.map(rejectionOf))).toEqual(tasks.map(() => 'all of them'));
    await release();
  });

  it('refuses a signal that is aborted already', async () => {
    const runs = new Counter();
    const signal = AbortSignal.abort('no');
    expect(await rejectionOf(shared.submit('increment', [runs], { signal }))).toBe('no');
    await shared.submit('add', [1, 2]);
    expect(runs.get()).toBe(0);
  });

  it('also where a worker waits for its arguments already', async () => {
    const executor = make({ maxWorkers: 1 });
    await executor.submit('add', [1, 2]);
    const runs = new Counter();
    const buffer = new ArrayBuffer(8);
    const task = executor.submit('incrementWith', [runs, buffer], { transfer: [buffer] });
    // No turn of the event loop: the arguments cannot have been asked for.
    while (executor.stats().queued > 0) Atomics.wait(runs.words, 1, 0, 1);
    task.cancel();
    expect(await rejectionOf(task)).toBeInstanceOf(TaskCancelled);
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(runs.get()).toBe(0);
  });

  it('does nothing to one that is done', async () => {
    const task = shared.submit('add', [1, 2]);
    expect(await task).toBe(3);
    task.cancel();
    expect(await task).toBe(3);
  });

  it('takes it out of the line for the queue', async () => {
    const executor = make({ maxQueue: 2 });
    const release = await occupy(executor);
    const runs = new Counter();
    const controller = new AbortController();
    const first = [1, 2].map((n) => executor.submit('add', [n, 0]));
    const inLine = [1, 2, 3].map(() => executor.submit('increment', [runs], { signal: controller.signal }));
    const last = executor.submit('add', [5, 0]);
    expect(executor.stats().queued).toBe(6);
    controller.abort();
    for (const each of inLine) expect(await rejectionOf(each)).toBe(controller.signal.reason);
    await release();
    expect(await Promise.all([...first, last])).toEqual([1, 2, 5]);
    expect(runs.get()).toBe(0);
  });
});

describe('a full queue', () => {
  it('makes submit wait, and keeps the order', async () => {
    const executor = make({ maxQueue: 3 });
    const order: unknown[] = [];
    const items = Array.from({ length: 50 }, (_, i) => ({ i }));
    const tasks = items.map(async (item) =>
      order.push(((await executor.submit('echo', [item])) as { i: number }).i),
    );
    // Whoever waits in line has handed over its arguments all the same.
    for (const item of items) item.i = -1;
    await Promise.all(tasks);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('lets shared objects through, and rejects what cannot travel', async () => {
    const executor = make({ maxQueue: 1 });
    const counter = new Counter();
    const tasks = [1, 2, 3, 4].map(() => executor.submit('increment', [counter]));
    const words = new Int32Array(new SharedArrayBuffer(4));
    const stored = executor.submit('store', [words, 9]);
    await expect(executor.submit('echo', [() => 1])).rejects.toMatchObject({ path: 'args[0]' });
    await Promise.all([...tasks, stored]);
    expect([counter.get(), words[0]]).toEqual([4, 9]);
  });
});

describe('cancelling a task that runs', () => {
  it.each(['cancelled', 'aborted', 'throwIfAborted'] as const)(
    'shows by %s in a loop that awaits nothing',
    async (by) => {
      const [started, seen] = [new Counter(), new Counter()];
      const task = shared.submit('spin', [started, seen, by]);
      await until(() => started.get() === 1);
      task.cancel();
      await expect(task).rejects.toThrow(TaskCancelled);
      await until(() => seen.get() === 1);
      expect(await shared.submit('add', [1, 2])).toBe(3);
    },
  );

  it('aborts its signal, with the reason', async () => {
    const [started, seen] = [new Counter(), new Counter()];
    const task = shared.submit('waitForAbort', [started, seen]);
    await until(() => started.get() === 1);
    task.cancel(new RangeError('enough'));
    await expect(task).rejects.toThrow('enough');
    expect(await shared.submit('add', [1, 2])).toBe(3);
    expect(seen.get()).toBe(1);
  });

  it.each(['left', 'aborted'] as const)(
    'replaces the thread of a stream that does not end, although it is cancelled once more (%s)',
    async (how) => {
      const executor = make({ maxWorkers: 1, graceMs: 1 });
      const controller = new AbortController();
      const task = executor.submit('deafAfterFirst', [], { signal: controller.signal });
      const stream = await task;
      expect((await stream.next()).value).toBe(0);
      if (how === 'left') await stream.return?.();
      else controller.abort('enough');
      task.cancel();
      expect(await executor.submit('add', [1, 2])).toBe(3);
    },
  );

  it('replaces the thread of one that does not listen, after the time of grace, and touches no other task', async () => {
    const executor = make({ maxWorkers: 2, graceMs: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const elsewhere = executor.submit('block', [started, go]);
    await until(() => started.get() === 1);
    const deaf = executor.submit('deaf', [started]);
    await until(() => started.get() === 2);
    const behind = [1, 2, 3].map((n) => executor.submit('add', [n, n]));
    deaf.cancel();
    await expect(deaf).rejects.toThrow(TaskCancelled);
    expect(await Promise.all(behind)).toEqual([2, 4, 6]);
    go.add(1);
    expect(await elsewhere).toBeGreaterThan(0);
  });

  it('hits exactly the task that it means, when tasks end by themselves at the same time', async () => {
    const executor = make({ maxWorkers: 2, graceMs: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const task = executor.submit('add', [i, 0]);
        if (i % 4 !== 0) return (await task) === i;
        for (let turns = i % 3; turns > 0; turns--) await turn();
        task.cancel();
        return task.then(
          (value) => value === i,
          (error) => error instanceof TaskCancelled,
        );
      }),
    );
    expect(outcomes.every(Boolean)).toBe(true);
  });
});

describe('a timeout', () => {
  it('cancels with a TaskTimeout, whether the task runs or not', async () => {
    const executor = make({ graceMs: 0 });
    const started = new Counter();
    const running = rejectionOf(executor.submit('deaf', [started], { timeout: 50 }));
    const queued = rejectionOf(executor.submit('add', [1, 2], { timeout: 0 }));
    for (const error of await Promise.all([running, queued])) expect(error).toBeInstanceOf(TaskTimeout);
    expect(await queued).toMatchObject({ code: 'POOL_TASK_TIMEOUT', taskName: 'add', timeout: 0 });
    expect(await executor.submit('add', [1, 2], { timeout: 1_000_000 })).toBe(3);
  });
});

describe('a stream', () => {
  it('brings every item, of async and of sync generators', async () => {
    const items: number[] = [];
    for await (const item of shared.submit('countTo', [100])) items.push(item);
    expect(items).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const others: number[] = [];
    for await (const item of await shared.submit('syncCount', [5])) others.push(item);
    expect(others).toEqual([0, 1, 2, 3, 4]);
    for await (const _ of shared.submit('countTo', [0])) throw new Error('an item too many');
  });

  it('runs no further ahead of its consumer than a window', async () => {
    const yielded = new Counter();
    const stream = await shared.submit('countTo', [1000, yielded]);
    await until(() => yielded.get() >= 16);
    for (let i = 0; i < 50; i++) {
      expect(await stream.next()).toEqual({ done: false, value: i });
      expect(yielded.get()).toBeLessThanOrEqual(i + 1 + 17);
    }
    await stream.return?.();
    expect(await shared.submit('add', [1, 2])).toBe(3);
  });

  it('ends in the worker when the consumer leaves', async () => {
    const [yielded, cleaned] = [new Counter(), new Counter()];
    for await (const item of shared.submit('countTo', [1e9, yielded, cleaned])) if (item === 40) break;
    await until(() => cleaned.get() === 1);
    expect(yielded.get()).toBeLessThan(100);
    expect(await shared.submit('add', [1, 2])).toBe(3);
  });

  it('throws what the generator throws, after its items', async () => {
    const items: number[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const item of shared.submit('failAfter', [3])) items.push(item);
      })(),
    );
    expect(error).toMatchObject({ name: 'RangeError', message: 'no more' });
    expect(items).toEqual([0, 1, 2]);
  });

  it('throws when it is cancelled', async () => {
    const cleaned = new Counter();
    const task = shared.submit('countTo', [1e9, undefined, cleaned]);
    let latest: number | undefined;
    const error = await rejectionOf(
      (async () => {
        for await (const item of task) {
          latest = item;
          if (item === 30) task.cancel(new RangeError('enough'));
        }
      })(),
    );
    expect(error).toMatchObject({ message: 'enough' });
    expect(latest).toBe(30);
    await until(() => cleaned.get() === 1);
  });

  it('says which item cannot travel', async () => {
    const cleaned = new Counter();
    const items: unknown[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const item of shared.submit('yieldFunction', [cleaned])) items.push(item);
      })(),
    );
    expect(error).toMatchObject({ name: 'TaskValueError', path: 'item' });
    expect(items).toEqual([1]);
    expect(cleaned.get()).toBe(1);
  });

  it('is not what a single value is', async () => {
    const single = shared.submit('add', [1, 2]) as unknown as AsyncIterable<never>;
    await expect(
      (async () => {
        for await (const _ of single);
      })(),
    ).rejects.toThrow('single value');
  });
});

/** An iterator of a stream, whose consumer waits for an item that never comes. */
async function waiting(executor: ThreadPoolExecutor<Tasks>, open: 'iterated' | 'awaited') {
  const task = executor.submit('deafAfterFirst');
  const iterator = (open === 'iterated' ? task : await task)[Symbol.asyncIterator]();
  expect(await iterator.next()).toEqual({ done: false, value: 0 });
  return { iterator, next: iterator.next() };
}

describe.each(['iterated', 'awaited'] as const)('a stream whose consumer waits (%s)', (open) => {
  it('is left at once by return()', async () => {
    const executor = make({ graceMs: 1 });
    const { iterator, next } = await waiting(executor, open);
    expect(await iterator.return!()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    // The one worker is free only if its task was called off.
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(executor.stats()).toMatchObject({ done: 2, failed: 0 });
  });

  it('is left at once by throw(), which rejects with the error', async () => {
    const executor = make({ graceMs: 1 });
    const { iterator, next } = await waiting(executor, open);
    const error = new RangeError('of the consumer');
    expect(await rejectionOf(iterator.throw!(error))).toBe(error);
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(executor.stats()).toMatchObject({ done: 2, failed: 0 });
  });

  it.each([undefined, new RangeError('why')])(
    'is left by a Readable that is destroyed (%s)',
    async (error) => {
      const executor = make({ graceMs: 1 });
      const task = executor.submit('deafAfterFirst');
      const readable = Readable.from(open === 'iterated' ? task : await task);
      const told: unknown[] = [];
      readable.on('error', (each) => told.push(each));
      const closed = new Promise((resolve) => readable.once('close', resolve));
      await new Promise((resolve) => readable.once('data', resolve));
      // By then it asks for the second item.
      await turn();
      readable.destroy(error);
      await closed;
      expect(told).toEqual(error === undefined ? [] : [error]);
      expect(await executor.submit('add', [1, 2])).toBe(3);
    },
  );
});

describe('an iterator of a task whose stream is not open', () => {
  it.each(['return', 'throw'] as const)('cancels the task by %s()', async (way) => {
    const release = await occupy(shared);
    const yielded = new Counter();
    const tasks = [0, 1].map(() => shared.submit('countTo', [10, yielded]));
    const [begun, fresh] = tasks.map((each) => each[Symbol.asyncIterator]());
    const next = begun!.next();
    const error = new RangeError('of the consumer');
    for (const iterator of [begun!, fresh!]) {
      if (way === 'return') expect(await iterator.return(undefined)).toMatchObject({ done: true });
      else expect(await rejectionOf(iterator.throw(error))).toBe(error);
    }
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await rejectionOf(tasks[0]!)).toBeInstanceOf(TaskCancelled);
    await release();
    expect(await shared.submit('add', [1, 2])).toBe(3);
    expect(yielded.get()).toBe(0);
  });

  it('says nothing of the cancellation to the process, where nobody else waits for the task', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      await shared.submit('countTo', [1])[Symbol.asyncIterator]().return(undefined);
      await shared.submit('add', [1, 2]);
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it('leaves a stream that has opened meanwhile', async () => {
    const executor = make();
    const task = executor.submit('countTo', [1e9]);
    const iterator = task[Symbol.asyncIterator]();
    await task;
    await iterator.return(undefined);
    // Not by its `finally` block: a generator that is left before its first item never comes to that. And not by
    // `done`: the owner counts a stream that is left at once, whatever its worker still does.
    await until(() => executor.stats().running === 0);
    expect(executor.stats()).toMatchObject({ done: 1, failed: 0 });
  });
});

describe('map', () => {
  it('yields in the order of the items', async () => {
    const results: unknown[] = [];
    for await (const each of shared.map('later', ['a', 'b', 'c'])) results.push(each);
    expect(results).toEqual(['later a', 'later b', 'later c']);
    for await (const _ of shared.map('later', [])) throw new Error('an item too many');
  });

  it('yields as tasks are done, if asked', async () => {
    const results = new Set<unknown>();
    for await (const each of shared.map('echo', new Set([1, 2, 3, 4, 5, 6, 7]), {
      ordered: false,
      concurrency: 3,
    }))
      results.add(each);
    expect(results).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
  });

  it('takes from an endless source no more than the window, and closes it', async () => {
    let [taken, closed] = [0, false];
    async function* endless() {
      try {
        for (;;) yield taken++;
      } finally {
        closed = true;
      }
    }
    let consumed = 0;
    for await (const each of shared.map('echo', endless(), { concurrency: 4 })) {
      expect(each).toBe(consumed++);
      expect(taken).toBeLessThanOrEqual(consumed + 4);
      if (consumed === 50) break;
    }
    expect(closed).toBe(true);
    expect(await shared.submit('add', [1, 2])).toBe(3);
  });

  it('cancels what is under way when it is left', async () => {
    const [started, aborted] = [new Counter(), new Counter()];
    const items = Array.from({ length: 10 }, (_, i) => [i, started, aborted] as [number, Counter, Counter]);
    for await (const first of shared.map('waitUnlessFirst', items, { concurrency: 4 })) {
      expect(first).toBe(0);
      await until(() => started.get() === 2);
      break;
    }
    await until(() => aborted.get() === 1);
    expect(await shared.submit('add', [1, 2])).toBe(3);
    expect(started.get()).toBe(2);
  });

  it('throws the first error in order, and cancels the rest', async () => {
    const seen: unknown[] = [];
    const names = ['ok', { nested: () => 1 }, 'never'];
    const error = await rejectionOf(
      (async () => {
        for await (const each of shared.map('echo', names, { concurrency: 3 })) seen.push(each);
      })(),
    );
    expect(error).toMatchObject({ code: 'POOL_TASK_VALUE' });
    expect(seen).toEqual(['ok']);
  });

  it('ends by its signal, although the source is stuck', async () => {
    const controller = new AbortController();
    const stuck: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const next = shared.map('later', stuck, { signal: controller.signal }).next();
    controller.abort('enough');
    expect(await rejectionOf(next)).toBe('enough');
  });

  it('refuses a window of nothing', async () => {
    await expect(shared.map('later', ['a'], { concurrency: 0 }).next()).rejects.toThrow(RangeError);
  });
});

describe('a task that was called off', () => {
  it('is not heard of any more, though it goes on to report progress', async () => {
    const told: unknown[] = [];
    const started = new Counter();
    const reporting = shared.submit('reportUntil', [started, 100], { onProgress: (step) => told.push(step) });
    await until(() => told.length > 0);
    const reason = new RangeError('enough');
    reporting.cancel(reason);
    expect(await rejectionOf(reporting)).toBe(reason);
    const { length } = told;
    started.reach(100);
    await shared.submit('add', [1, 2]);
    expect(told).toHaveLength(length);
  });

  it('before it began is told of with the time of its submission', async () => {
    const times: number[] = [];
    const listener = (message: unknown) => void times.push((message as TaskFinished).submittedAt);
    subscribe('@pkg/pool:task:failed', listener);
    const before = performance.timeOrigin + performance.now() - 1;
    await rejectionOf(shared.submit('add', [1, 2], { signal: AbortSignal.abort() }));
    await rejectionOf(shared.submit('add', [1, 2], { timeout: -1 }));
    unsubscribe('@pkg/pool:task:failed', listener);
    expect(times).toHaveLength(2);
    for (const time of times) expect(time).toBeGreaterThan(before);
  });
});

describe('a stream that nobody reads', () => {
  it('stays within its window, also after another one of the same worker', async () => {
    const yielded = new Counter();
    for (let round = 0; round < 20; round++) {
      const before = yielded.get();
      const first = shared.submit('countTo', [16]);
      const unread = shared.submit('countTo', [1000, yielded]);
      for await (const _ of first);
      const stream = await unread;
      // Were there credit for more, it would be used by then.
      await until(() => yielded.get() >= before + 16);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(yielded.get() - before).toBeLessThanOrEqual(17);
      await stream.return?.();
    }
  });
});
