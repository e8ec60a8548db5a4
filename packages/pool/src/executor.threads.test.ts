import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { Queue, QueueEmpty } from '@pkg/queue';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import { QuotaExceeded } from '../test/fixtures/quota-exceeded.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import {
  ExecutorBroken,
  ExecutorShutDown,
  move,
  TaskCancelled,
  TaskNotFound,
  TaskValueError,
  ThreadPoolExecutor,
} from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);

const { shared, make } = executorsOf<Tasks>(url, 2);

describe('submit', () => {
  it('runs functions of the module, sync and async, on worker threads', async () => {
    const executor = shared;
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(await executor.submit('later', ['x'])).toBe('later x');
    expect(await executor.submit('withoutArguments')).toBe('none');
    expect(await executor.call.add(3, 4)).toBe(7);
    expect(await executor.submit('whoAmI')).toBeGreaterThan(0);
    expect(await executor.submit('nameOfTask')).toBe('nameOfTask');
  });

  it('runs each of many tasks once, and gives each caller its own result', async () => {
    const executor = shared;
    const sums = await Promise.all(Array.from({ length: 5000 }, (_, i) => executor.submit('add', [i, 1])));
    expect(sums).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  });

  it('begins tasks in the order of their submission', async () => {
    const executor = make({ maxWorkers: 1 });
    const seen: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => seen.push((await executor.submit('echo', [i])) as number)),
    );
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('begins those of lower priority first, ties in the order of submission', async () => {
    const executor = make({ maxWorkers: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const busy = executor.submit('block', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const seen: unknown[] = [];
    const tasks = [0, 5, -1, 0, 2, -7, -1, 5].map(async (priority, index) =>
      seen.push(await executor.submit('echo', [`${priority} ${index}`], { priority })),
    );
    go.add(1);
    await Promise.all([...tasks, busy]);
    expect(seen).toEqual(['-7 5', '-1 2', '-1 6', '0 0', '0 3', '2 4', '5 1', '5 7']);
    await expect(executor.submit('add', [1, 2], { priority: Number.NaN })).rejects.toThrow(TypeError);
  });

  it('carries what structured clone carries', async () => {
    const executor = shared;
    const value = {
      map: new Map([[1, new Set([2n])]]),
      date: new Date(5),
      bytes: new Uint8Array([1]),
      none: undefined,
    };
    expect(await executor.submit('echo', [value])).toEqual(value);
    expect(await executor.submit('echo', [-0])).toBe(-0);
  });

  it('carries shared objects and shared memory as the same ones, both ways', async () => {
    const executor = shared;
    const counter = new Counter();
    const back = await executor.submit('increment', [counter]);
    back.add(1);
    expect(counter.get()).toBe(2);
    const words = new Int32Array(new SharedArrayBuffer(4));
    const returned = await executor.submit('store', [words, 7]);
    expect(words[0]).toBe(7);
    returned[0] = 8;
    expect(words[0]).toBe(8);
    const queue = new Queue<number>();
    const same = (await executor.submit('echo', [{ queue }])) as { queue: Queue<number> };
    same.queue.put(5);
    expect(queue.get()).toBe(5);
  });

  it('hands shared objects over although the caller blocks', () => {
    const [counter, go] = [new Counter(), new Counter()];
    go.add(1);
    const task = shared.submit('block', [counter, go]);
    counter.waitFor(1);
    const others = Array.from({ length: 100 }, () => shared.submit('increment', [counter]));
    counter.waitFor(101);
    return Promise.all([task, ...others]);
  });

  it('finds an idle worker although another one waits for its arguments, and the caller blocks', async () => {
    const counter = new Counter();
    // Idle workers look only when they are called.
    const executor = make({ idleTimeout: Infinity, initializer: { name: 'initialise', args: [counter] } });
    await executor.broadcast('add', [1, 2]);
    const buffer = new ArrayBuffer(8);
    const waiting = executor.submit('sizeOf', [buffer], { transfer: [buffer] });
    while (executor.stats().queued > 0) Atomics.wait(counter.words, 1, 0, 1);
    // The other worker has slept for less long than that one when it is called for the second time.
    const others = [1, 2].map((count) => {
      const task = executor.submit('incrementInitialised');
      counter.reach(count);
      Atomics.wait(counter.words, 1, 0, 50);
      return task;
    });
    await Promise.all([waiting, ...others]);
  });

  it('moves what is to be moved', async () => {
    const executor = shared;
    const buffer = new ArrayBuffer(64);
    const size = executor.submit('sizeOf', [buffer], { transfer: [buffer] });
    expect(buffer.byteLength).toBe(0);
    expect(await size).toBe(64);
    const { port1, port2 } = new MessageChannel();
    const message = once(port1, 'message');
    await executor.submit('sendTo', [port2, 'from the worker'], { transfer: [port2] });
    expect((await message)[0]).toBe('from the worker');
    const port = await executor.submit('givePort');
    expect((await once(port, 'message'))[0]).toBe('hello');
    port.close();
    expect((await executor.submit('moved', [1000])).every((byte) => byte === 9)).toBe(true);
  });

  it('says how it is done where move() lies in another value, or in an argument', async () => {
    await expect(shared.submit('movedWithin')).rejects.toThrow(
      /result\.pixels of task 'movedWithin' cannot travel.*return move\(value, \[buffer\]\)/,
    );
    await expect(shared.submit('echo', [move(new ArrayBuffer(8))])).rejects.toThrow(
      /args\[0\] of task 'echo' cannot travel.*\{ transfer: \[buffer\] \}/,
    );
  });

  it('carries big buffers, and leaves those of the caller alone', async () => {
    const executor = shared;
    const mine = new Uint8Array(2 ** 20).fill(3);
    const echoed = executor.submit('echo', [mine]);
    mine.fill(4);
    expect(((await echoed) as Uint8Array).every((byte) => byte === 3)).toBe(true);
    expect(mine.byteLength).toBe(2 ** 20);
    expect((await executor.submit('bigResult', [2 ** 21])).length).toBe(2 ** 21);
  });

  it('says which argument or result cannot travel, and goes on', async () => {
    const executor = shared;
    const argument = await rejectionOf(executor.submit('echo', [{ hooks: [() => 1] }]));
    expect(argument).toBeInstanceOf(TaskValueError);
    expect(argument).toMatchObject({ code: 'POOL_TASK_VALUE', taskName: 'echo', path: 'args[0].hooks[0]' });
    const gone = new DataView(new ArrayBuffer(8));
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(await rejectionOf(executor.submit('echo', [gone]))).toMatchObject({
      code: 'POOL_TASK_VALUE',
      path: 'args[0]',
      message: expect.stringContaining('its buffer was moved to another thread'),
    });
    const result = await rejectionOf(executor.submit('returnsFunction'));
    expect(result).toBeInstanceOf(TaskValueError);
    expect(result).toMatchObject({ taskName: 'returnsFunction', path: 'result.inner[0]' });
    const progress = await rejectionOf(executor.submit('reportFunction'));
    expect(progress).toMatchObject({ taskName: 'reportFunction', path: 'progress.hook' });
    expect(await executor.submit('add', [1, 1])).toBe(2);
  });

  it('throws what the task throws', async () => {
    const executor = shared;
    const error = (await rejectionOf(executor.submit('fail'))) as RangeError & { limit: number };
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'bad', limit: 3 });
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.stack).toContain('tasks.ts');
    expect(error.stack).toContain("at task 'fail'");
    const both = (await rejectionOf(executor.submit('failLater'))) as AggregateError;
    expect(both).toBeInstanceOf(AggregateError);
    expect(both.errors.map((each) => each.constructor)).toEqual([TypeError, RangeError]);
    expect(await rejectionOf(executor.submit('throwValue', ['just a string']))).toBe('just a string');
    expect(await rejectionOf(executor.submit('throwValue', [undefined]))).toBe(undefined);
  });

  it('throws errors of registered classes, the own ones of this project among them', async () => {
    const own = await rejectionOf(shared.submit('failByClass', ['own']));
    expect(own).toBeInstanceOf(QuotaExceeded);
    expect(own).toMatchObject({ limit: 11, isBig: true, message: 'more than 11' });
    const empty = await rejectionOf(shared.submit('failByClass', ['of the project']));
    expect(empty).toBeInstanceOf(QueueEmpty);
    expect(empty).toMatchObject({ code: 'QUEUE_EMPTY' });
  });

  it('brings the stacks of both sides: where the task threw, then who waits for it', async () => {
    async function innerCaller() {
      return await shared.submit('fail');
    }
    async function outerCaller() {
      await innerCaller();
    }
    async function consumer() {
      for await (const _ of shared.submit('failAfter', [2]));
    }
    const framesOf = (error: unknown) =>
      String((error as Error).stack)
        .split('\n')
        .map((line) => /at (?:async )?(task 'fail'|\w+)/.exec(line)?.[1])
        .filter((name) => name !== undefined);
    expect(framesOf(await rejectionOf(outerCaller()))).toEqual(
      expect.arrayContaining(['fail', "task 'fail'", 'innerCaller', 'outerCaller']),
    );
    const order = framesOf(await rejectionOf(outerCaller())).filter((name) =>
      ['fail', "task 'fail'", 'innerCaller', 'outerCaller'].includes(name),
    );
    expect(order).toEqual(['fail', "task 'fail'", 'innerCaller', 'outerCaller']);
    const { stack } = (await rejectionOf(outerCaller())) as Error;
    expect(stack).toMatch(/tasks\.ts:\d+:\d+\)\n {4}at task 'fail', run by a worker\n/);
    expect(framesOf(await rejectionOf(consumer()))).toEqual(
      expect.arrayContaining(['failAfter', 'consumer']),
    );
    const all = await rejectionOf(
      (async function atOnce() {
        await Promise.all([shared.submit('add', [1, 2]), shared.submit('fail')]);
      })(),
    );
    expect(framesOf(all)).toContain('atOnce');
    const blocking = (function blockingCaller() {
      try {
        return shared.submitSync('fail');
      } catch (error) {
        return error;
      }
    })();
    expect(framesOf(blocking)).toEqual(expect.arrayContaining(['fail', "task 'fail'", 'blockingCaller']));
  });

  it('adds nothing to the reason of a cancellation', async () => {
    const reason = new RangeError('enough');
    const { stack } = reason;
    const task = shared.submit('add', [1, 2]);
    task.cancel(reason);
    expect(await rejectionOf(task)).toBe(reason);
    expect(reason.stack).toBe(stack);
  });

  it('says when there is no such task, and which there are', async () => {
    const executor = shared;
    const error = (await rejectionOf(executor.submit('notATask' as 'add', [1, 2]))) as Error;
    expect(error).toBeInstanceOf(TaskNotFound);
    expect(error.message).toContain('add, ');
  });

  it('keeps the context of the caller', async () => {
    const executor = shared;
    const storage = new AsyncLocalStorage<string>();
    const seen = await storage.run('mine', async () => {
      const contexts: unknown[] = [];
      await executor.submit('progress', [1], { onProgress: () => contexts.push(storage.getStore()) });
      contexts.push(storage.getStore());
      return contexts;
    });
    expect(seen).toEqual(['mine', 'mine']);
  });

  it.each([undefined, 'of the worker'])(
    'begins each task in the context that the initializer leaves: %s',
    async (context) => {
      const contexts = new URL('../test/fixtures/contexts.ts', import.meta.url);
      const executor = new ThreadPoolExecutor<typeof import('../test/fixtures/contexts.ts')>(contexts, {
        maxWorkers: 1,
        ...(context === undefined ? {} : { initializer: { name: 'enter', args: [context] } }),
      });
      const now = () => Promise.all([executor.submit('context'), executor.submit('contextLater')]);
      expect(await now()).toEqual([context, context]);
      await executor.submit('enter', ['another']);
      expect(await now()).toEqual([context, context]);
      await rejectionOf(executor.submit('enterAndFail', ['another']));
      expect(await now()).toEqual([context, context]);
      expect(await executor.submit('enterLater', ['another'])).toBe('another');
      expect(await now()).toEqual([context, context]);
      const items: unknown[] = [];
      for await (const item of executor.submit('enterBetween', ['another'])) items.push(item);
      expect(items).toEqual(['another', 'another']);
      expect(await now()).toEqual([context, context]);
      await executor.broadcast('enter', ['another']);
      expect(await now()).toEqual([context, context]);
      await executor.shutdown();
    },
  );

  it('serves what tasks leave behind, also under load', async () => {
    const executor = make({ maxWorkers: 1 });
    const fired = new Counter();
    await executor.submit('leaveTimer', [fired]);
    while (fired.get() === 0) await executor.submit('add', [1, 1]);
    await executor.submit('leaveTimer', [fired]);
    // Nothing is submitted: the idle worker serves it.
    fired.waitFor(2);
    expect(fired.get()).toBe(2);
  });

  it('hands on the progress in order, before the result', async () => {
    const executor = shared;
    const seen: unknown[] = [];
    seen.push(await executor.submit('progress', [3], { onProgress: (value) => seen.push(value) }));
    expect(seen).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }, 'done']);
  });

  it('refuses bad options', async () => {
    const executor = shared;
    await expect(executor.submit('add', [1, 2], { timeout: -1 })).rejects.toThrow(RangeError);
    await expect(executor.submit('add', [1, 2], { retries: 1.5 })).rejects.toThrow(RangeError);
    await expect(
      executor.submit('echo', [1], { retries: 1, transfer: [new ArrayBuffer(1)] }),
    ).rejects.toThrow(TypeError);
    expect(() => make({ maxWorkers: 0 })).toThrow(RangeError);
    expect(() => make({ maxWorkers: 1, minWorkers: 2 })).toThrow(RangeError);
    expect(() => new ThreadPoolExecutor('./tasks.js')).toThrow(TypeError);
  });
});

describe('submitSync', () => {
  it('blocks for the result, and throws what the task throws', () => {
    const executor = shared;
    expect(executor.submitSync('add', [20, 22])).toBe(42);
    expect(() => executor.submitSync('fail')).toThrow(RangeError);
    expect(() => executor.submitSync('countTo', [3])).toThrow(TypeError);
    expect(executor.submitSync('bigResult', [2 ** 20]).length).toBe(2 ** 20);
  });

  it('hands out results of other tasks meanwhile', async () => {
    const executor = make({ maxWorkers: 1 });
    const other = executor.submit('add', [1, 2]);
    expect(executor.submitSync('add', [3, 4])).toBe(7);
    expect(await other).toBe(3);
  });

  it('gets in although the queue is full', () => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 });
    const others = Array.from({ length: 5 }, (_, i) => executor.submit('add', [i, 0]));
    expect(executor.submitSync('add', [1, 1])).toBe(2);
    return Promise.all(others);
  });

  it('notices a worker that dies, and goes on with its replacement', () => {
    const executor = make({ maxWorkers: 1 });
    expect(() => executor.submitSync('perish', ['exit'])).toThrow(/process\.exit\(3\)/);
    expect(() => executor.submitSync('perish', ['uncaught'])).toThrow(/RangeError: uncaught/);
    expect(executor.submitSync('add', [1, 2])).toBe(3);
    const runs = new Counter();
    expect(executor.submitSync('dieAtFirst', [runs, 2], { retries: 2 })).toBe(2);
  });

  it('ends after its timeout', () => {
    const executor = make({ maxWorkers: 1, graceMs: 0 });
    expect(() => executor.submitSync('deaf', [new Counter()], { timeout: 1 })).toThrow(/after 1 ms/);
  });
});

describe('broadcast', () => {
  it('runs once on each worker', async () => {
    const executor = make({ maxWorkers: 3 });
    const ids = await executor.broadcast('remember', ['all']);
    expect(new Set(ids).size).toBe(3);
    const recalled = await Promise.all(Array.from({ length: 30 }, () => executor.submit('recall')));
    expect(new Set(recalled)).toEqual(new Set(['all']));
    await expect(executor.broadcast('fail')).rejects.toThrow(RangeError);
    await expect(executor.broadcast('echo', [() => 1])).rejects.toThrow(TaskValueError);
  });

  it('keeps no worker at a stream that nobody gets, as another worker fails', async () => {
    const executor = make({ maxWorkers: 3 });
    const runs = new Counter();
    await expect(executor.broadcast('streamUnlessFirst', [runs])).rejects.toThrow(RangeError);
    while (runs.get() < 3 || executor.stats().running > 0)
      await new Promise((resolve) => setImmediate(resolve));
    expect(executor.stats()).toMatchObject({ done: 2, failed: 1 });
  });

  it('reaches a worker that is busy when it is done', async () => {
    const executor = make({ maxWorkers: 2 });
    const [started, go] = [new Counter(), new Counter()];
    const busy = executor.submit('block', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const all = executor.broadcast('whoAmI');
    go.add(1);
    expect(new Set(await all).size).toBe(2);
    await busy;
  });

  it('leaves out a worker that ends before it comes to it', async () => {
    const executor = make({ maxWorkers: 1, graceMs: 0 });
    const started = new Counter();
    const deaf = executor.submit('deaf', [started]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const all = executor.broadcast('whoAmI');
    deaf.cancel();
    await expect(deaf).rejects.toThrow(TaskCancelled);
    expect(await all).toEqual([]);
    expect(await executor.broadcast('whoAmI')).toHaveLength(1);
  });

  it('is cancelled by a shutdown where no worker has begun it', async () => {
    const executor = make({ maxWorkers: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const busy = executor.submit('block', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const all = executor.broadcast('whoAmI');
    const closed = executor.shutdown({ cancelPending: true });
    await expect(all).rejects.toThrow(TaskCancelled);
    go.add(1);
    await Promise.all([busy, closed]);
  });

  it('rejects where the workers cannot be initialised', async () => {
    const executor = make({ maxWorkers: 1, initializer: 'failToInitialise' });
    await expect(executor.broadcast('whoAmI')).rejects.toThrow(ExecutorBroken);
  });

  it('refuses what is no call', async () => {
    await expect(shared.broadcast(5 as never)).rejects.toThrow(
      /name of a task must be a string, not the number 5/,
    );
    await expect(shared.broadcast('echo', 5 as never)).rejects.toThrow(
      /arguments of task 'echo' must be an array, not the number 5: write submit\('echo', \[a, b\]\)/,
    );
  });
});

describe('bad options', () => {
  const buffer = new ArrayBuffer(8);

  it.each([
    'maxWorkers',
    'minWorkers',
    'idleTimeout',
    'graceMs',
    'maxQueue',
    'name',
    'resourceLimits',
    'env',
    'execArgv',
  ])('of an executor: null is no %s left out', async (name) => {
    const options = { [name]: null } as never;
    expect(() => new ThreadPoolExecutor<Tasks>(url, options)).toThrow(TypeError);
  });

  it.each<[object, string]>([
    [{ env: 5 }, 'options.env must be an object of strings, or SHARE_ENV, not the number 5'],
    [
      { execArgv: '--x' },
      'options.execArgv must be an array of strings such as [\'--conditions=dev\'], not the string "--x"',
    ],
    [{ execArgv: [1] }, 'options.execArgv must be an array of strings'],
  ])('of the workers, which the executor is refused for although it has none yet: %o', (options, message) => {
    const make = () => new ThreadPoolExecutor<Tasks>(url, { minWorkers: 0, ...(options as object) });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it('that are null where a number is due, of other verbs', async () => {
    expect(() => shared.shutdown({ timeout: null as never })).toThrow(TypeError);
    const mapped = shared.map('echo', [1], { concurrency: null as never });
    await expect(mapped.next()).rejects.toThrow(TypeError);
    expect(await shared.submit('echo', [1])).toBe(1);
  });

  it('of map: a signal that is none', async () => {
    const mapped = shared.map('echo', [1], { signal: 5 as never });
    await expect(mapped.next()).rejects.toThrow(/signal must be an AbortSignal, not the number 5/);
  });

  it.each<[object, RegExp]>([
    [{ signal: 5 }, /options\.signal must be an AbortSignal, not the number 5/],
    [{ transfer: 5 }, /options\.transfer must be an array, not the number 5/],
    [{ transfer: null, retries: 1 }, /options\.transfer must be an array, not null/],
    [{ transfer: [5] }, /options\.transfer has the number 5 in it/],
    [{ transfer: [buffer, buffer] }, /task 'echo': options\.transfer has .* in it twice/],
    [{ transfer: [new Uint8Array(1)] }, /task 'echo': options\.transfer has an Uint8Array in it.*\.buffer/],
    [
      { transfer: [new SharedArrayBuffer(1)] },
      /options\.transfer has a SharedArrayBuffer in it.*leave it out/,
    ],
    [{ transfer: [{ buffer }] }, /options\.transfer has an Object in it.*list the buffers/],
    [{ onProgress: 5 }, /options\.onProgress must be a function, not the number 5/],
  ])('of a submission: %o', async (options, message) => {
    await expect(shared.submit('echo', [1], options)).rejects.toThrow(message);
  });

  it.each([null, 500, false, 'x'])('that are no object, but %o, of every verb', async (options) => {
    const none = options as never;
    const message = 'options must be an object, such as { ';
    await expect(shared.submit('echo', [1], none)).rejects.toThrow(message);
    expect(() => shared.submitSync('echo', [1], none)).toThrow(message);
    expect(() => shared.map('echo', [1], none)).toThrow(message);
    expect(() => shared.shutdown(none)).toThrow(message);
    expect(() => new ThreadPoolExecutor<Tasks>(url, none)).toThrow(message);
    expect(await shared.submit('echo', [1])).toBe(1);
  });

  it('that are neither true nor false', () => {
    for (const name of ['wait', 'cancelPending']) {
      expect(() => shared.shutdown({ [name]: 1 })).toThrow(
        new TypeError(`options.${name} must be true or false, not the number 1`),
      );
    }
    expect(() => shared.map('echo', [1], { ordered: 'no' as never })).toThrow(
      new TypeError('options.ordered must be true or false, not the string "no"'),
    );
  });

  it.each([5, {}, ['echo'], { name: 'echo' }])('of an executor: initializer %o', (initializer) => {
    expect(() => new ThreadPoolExecutor<Tasks>(url, { initializer: initializer as never })).toThrow(
      /options\.initializer must be the name of a function, or \{ name, args \}, not /,
    );
  });

  it('of an executor: an argument of its initializer that cannot travel', () => {
    const initializer = { name: 'initialise', args: [() => 1] } as const;
    expect(() => new ThreadPoolExecutor<Tasks>(url, { initializer })).toThrow(TaskValueError);
  });
});

describe('shared objects in results', () => {
  it('arrive as the same ones, also a queue, which could be taken for a stream', async () => {
    const queue = new Queue<string>();
    queue.put('item');
    const arrived = (await shared.submit('echo', [queue])) as Queue<string>;
    expect(arrived).toBeInstanceOf(Queue);
    expect(arrived.get()).toBe('item');
    expect(shared.submitSync('echo', [1])).toBe(1);
  });

  it('can be had by blocking', () => {
    const queue = new Queue<string>();
    queue.put('item');
    expect((shared.submitSync('echo', [queue]) as Queue<string>).get()).toBe('item');
    const { inner } = shared.submitSync('echo', [{ inner: queue }]) as { inner: Queue<string> };
    queue.put('another');
    expect(inner.get()).toBe('another');
  });
});

describe('the workers', () => {
  it('are initialised before their first task', async () => {
    const executor = make({ initializer: { name: 'initialise', args: [{ port: 80 }] } });
    expect(await executor.broadcast('whatWasInitialised')).toEqual([{ port: 80 }, { port: 80 }]);
  });

  it('have the environment that they are given', async () => {
    const executor = make({ env: { ...process.env, COLOUR: 'green' } });
    expect(await executor.submit('environment', ['COLOUR'])).toBe('green');
    expect(process.env['COLOUR']).toBeUndefined();
  });

  it('have the Node options that they are given', async () => {
    const executor = make({ maxWorkers: 1, execArgv: ['--conditions=@pkg/source', '--no-warnings'] });
    expect(await executor.submit('nodeOptions')).toContain('--no-warnings');
    expect(await shared.submit('nodeOptions')).not.toContain('--no-warnings');
  });

  it('come as tasks want them, and go when there is nothing to do', async () => {
    const executor = make({ minWorkers: 0, maxWorkers: 3, idleTimeout: 20 });
    expect(executor.stats().workers).toHaveLength(0);
    const [started, go] = [new Counter(), new Counter()];
    const tasks: Promise<number>[] = [];
    // One that had nothing to do might be gone before this thread looks.
    for (const workers of [1, 2, 3]) {
      tasks.push(executor.submit('block', [started, go]));
      while (started.get() < workers) await new Promise((resolve) => setImmediate(resolve));
      expect(executor.stats().workers).toHaveLength(workers);
    }
    go.add(1);
    await Promise.all(tasks);
    while (executor.stats().workers.length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await executor.submit('add', [1, 2])).toBe(3);
  });
});

describe('shutdown', () => {
  it('lets tasks under way finish, and takes no more', async () => {
    const executor = make({ maxWorkers: 1 });
    const tasks = Array.from({ length: 100 }, (_, i) => executor.submit('add', [i, i]));
    const down = executor.shutdown();
    await expect(executor.submit('add', [1, 2])).rejects.toThrow(ExecutorShutDown);
    await down;
    expect(await Promise.all(tasks)).toHaveLength(100);
    expect(executor.stats().workers).toHaveLength(0);
    await executor.shutdown();
  });

  it('cancels what no worker has begun, if asked', async () => {
    const executor = make({ maxWorkers: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const running = executor.submit('blockAsync', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const waiting = executor.submit('add', [1, 2]);
    const down = executor.shutdown({ cancelPending: true });
    await expect(waiting).rejects.toThrow(TaskCancelled);
    go.add(1);
    expect(await running).toBeGreaterThan(0);
    await down;
  });

  it('does not wait if asked not to', async () => {
    const executor = make({ maxWorkers: 1 });
    const task = executor.submit('add', [1, 2]);
    await executor.shutdown({ wait: false });
    expect(await task).toBe(3);
  });

  it('ends by force when its time is over', async () => {
    const executor = make({ maxWorkers: 1 });
    const started = new Counter();
    const deaf = executor.submit('deaf', [started]);
    const behind = executor.submit('add', [1, 2]);
    const errors = Promise.all([rejectionOf(deaf), rejectionOf(behind)]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    await executor.shutdown({ timeout: 1 });
    for (const error of await errors) expect(error).toBeInstanceOf(TaskCancelled);
  });

  it('can be made harder when it takes too long', async () => {
    const executor = make({ maxWorkers: 1 });
    const started = new Counter();
    const deaf = rejectionOf(executor.submit('deaf', [started]));
    const behind = rejectionOf(executor.submit('add', [1, 2]));
    let ended = false;
    const gentle = executor.shutdown().then(() => {
      ended = true;
    });
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    void executor.shutdown({ cancelPending: true, wait: false });
    expect(await behind).toBeInstanceOf(TaskCancelled);
    expect(ended).toBe(false);
    await executor.shutdown({ timeout: 0 });
    await gentle;
    expect(await deaf).toBeInstanceOf(TaskCancelled);
    expect(executor.stats()).toMatchObject({ workers: [], queued: 0, running: 0, failed: 2 });
  });

  it('cuts a stream off when its time is over', async () => {
    const executor = make({ maxWorkers: 1 });
    const stream = await executor.submit('countTo', [1e9]);
    expect((await stream.next()).value).toBe(0);
    await executor.shutdown({ timeout: 0 });
    const error = await rejectionOf(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(error).toBeInstanceOf(TaskCancelled);
  });

  it('ends at the end of the block with await using', async () => {
    const kept: { executor?: ThreadPoolExecutor<Tasks>; task?: Promise<number> } = {};
    {
      await using executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
      kept.executor = executor;
      kept.task = executor.submit('add', [1, 2]);
    }
    expect(kept.executor.stats()).toMatchObject({ done: 1, workers: [] });
    expect(await kept.task).toBe(3);
  });
});
