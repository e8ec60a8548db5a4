import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { type TaskFailed, type TaskFinished, ThreadPoolExecutor } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);
const names = [
  'task:submitted',
  'task:started',
  'task:retried',
  'task:finished',
  'task:failed',
  'worker:started',
  'worker:ended',
];

describe('whoever watches an executor', () => {
  it('is told of every step of a task, and of the workers', async () => {
    const told: { channel: string; message: TaskFinished & TaskFailed }[] = [];
    const listeners = names.map((channel) => {
      const listener = (message: unknown) => told.push({ channel, message: message as never });
      subscribe(`@pkg/pool:${channel}`, listener);
      return () => unsubscribe(`@pkg/pool:${channel}`, listener);
    });
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    await executor.submit('add', [1, 2]);
    await executor.submit('fail').catch(() => {});
    await executor.submit('perish', ['exit'], { retries: 1 }).catch(() => {});
    for await (const _ of executor.submit('countTo', [2]));
    await executor.shutdown();
    for (const stop of listeners) stop();
    const steps = told.map(({ channel, message }) => `${channel} ${message.task ?? message.worker}`);
    expect(steps).toEqual([
      'worker:started worker-1',
      'task:submitted add',
      'task:started add',
      'task:finished add',
      'task:submitted fail',
      'task:started fail',
      'task:failed fail',
      'task:submitted perish',
      'task:started perish',
      'worker:ended worker-1',
      'task:retried perish',
      'worker:started worker-2',
      'task:started perish',
      'worker:ended worker-2',
      'task:failed perish',
      'worker:started worker-3',
      'task:submitted countTo',
      'task:started countTo',
      'task:finished countTo',
      'worker:ended worker-3',
    ]);
    const { message } = told[3]!;
    expect(message).toMatchObject({ url: url.href, worker: 'worker-1' });
    expect(message.beganAt).toBeGreaterThanOrEqual(message.submittedAt - 1);
    expect(message.endedAt).toBeGreaterThanOrEqual(message.beganAt!);
    expect(told[2]!.message).toMatchObject({ worker: 'worker-1', beganAt: message.beganAt });
    expect(told[14]!.message).toMatchObject({ worker: 'worker-2', error: { code: 'POOL_WORKER_DIED' } });
  });

  it('is told that a task began before its worker ended, also when it hears of both at once', async () => {
    const told: string[] = [];
    const listeners = (['task:started', 'worker:ended', 'task:failed'] as const).map((channel) => {
      const listener = () => void told.push(channel);
      subscribe(`@pkg/pool:${channel}`, listener);
      return () => unsubscribe(`@pkg/pool:${channel}`, listener);
    });
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    await executor.submit('add', [1, 2]);
    told.length = 0;
    const perishing = executor.submit('perish', ['exit']);
    // While this thread stands still, the worker begins the task and dies of it.
    const deaths = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(deaths, 0, 0, 500);
    await expect(perishing).rejects.toThrow();
    for (const stop of listeners) stop();
    await executor.shutdown();
    expect(told).toEqual(['task:started', 'worker:ended', 'task:failed']);
  });

  it('is not told that a task began after it was told that it failed', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    await executor.submit('add', [1, 2]);
    const told: string[] = [];
    const listeners = (['task:started', 'task:failed'] as const).map((channel) => {
      const listener = (message: unknown) => void told.push(`${channel} ${(message as TaskFinished).task}`);
      subscribe(`@pkg/pool:${channel}`, listener);
      return () => unsubscribe(`@pkg/pool:${channel}`, listener);
    });
    const begun = () => executor.stats().workers[0]!.tasks;
    const before = begun();
    const task = executor.submit('runUntilCancelled');
    // Without a turn of the event loop: that the task has begun is told, and was not read.
    while (begun() === before);
    task.cancel();
    await expect(task).rejects.toThrow('cancelled');
    await executor.submit('add', [1, 2]);
    for (const stop of listeners) stop();
    await executor.shutdown();
    expect(told).toEqual(['task:failed runUntilCancelled', 'task:started add']);
  });

  it('is told that a task was submitted before it is told that it failed, whatever it failed of', async () => {
    const told: string[] = [];
    const listeners = (['task:submitted', 'task:failed'] as const).map((channel) => {
      const listener = () => void told.push(channel);
      subscribe(`@pkg/pool:${channel}`, listener);
      return () => unsubscribe(`@pkg/pool:${channel}`, listener);
    });
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    const hook = () => 1;
    const failing = [
      () => executor.submit('add', [1, 2], { signal: AbortSignal.abort() }),
      () => executor.submit('add', [1, 2], { timeout: -1 }),
      () => executor.submit('add', 5 as never),
      () => executor.submit('echo', [hook]),
      () => executor.broadcast('echo', [hook]),
      async () => executor.submitSync('add', [1, 2], { signal: AbortSignal.abort() }),
      async () => {
        await executor.shutdown();
        await executor.submit('add', [1, 2]);
      },
    ];
    for (const fail of failing) {
      await expect(fail()).rejects.toThrow();
      expect(told.splice(0)).toEqual(['task:submitted', 'task:failed']);
    }
    for (const stop of listeners) stop();
  });

  it('gets a trace that Perfetto opens, with a track for each worker', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 2 });
    const trace = executor.trace();
    await Promise.all([executor.broadcast('whoAmI'), executor.submit('fail').catch(() => {})]);
    trace.stop();
    await executor.submit('add', [1, 2]);
    await executor.shutdown();
    const { traceEvents } = JSON.parse(JSON.stringify(trace)) as ReturnType<typeof trace.toJSON>;
    const tracks = traceEvents.filter((each) => each.ph === 'M').map((each) => each.args['name']);
    expect(tracks.sort()).toEqual(['worker-1', 'worker-2']);
    const runs = traceEvents.filter((each) => each.ph === 'X');
    expect(runs.map((each) => each.name).sort()).toEqual(['fail', 'whoAmI', 'whoAmI']);
    expect(new Set(runs.map((each) => each.tid)).size).toBe(2);
    for (const event of traceEvents) {
      expect(Number.isSafeInteger(event.ts) && Number.isSafeInteger(event.tid)).toBe(true);
      expect(traceEvents.find(({ ph, tid }) => ph === 'M' && tid === event.tid)?.name).toBe('thread_name');
    }
    for (const run of runs) {
      expect(Number.isSafeInteger(run.dur)).toBe(true);
      expect(run.dur).toBeGreaterThanOrEqual(0);
      expect(run.args['waited']).toBeGreaterThanOrEqual(0);
      expect(run.pid).toBe(process.pid);
    }
    expect(runs.find((each) => each.name === 'fail')).toMatchObject({
      cat: 'task,failed',
      args: { error: 'bad' },
    });
  });
});

describe('a trace', () => {
  it('has tasks that were submitted before it, if they end later', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    const [started, go] = [new Counter(), new Counter()];
    const first = executor.submit('block', [started, go]);
    const second = executor.submit('add', [1, 2]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const trace = executor.trace();
    go.add(1);
    await Promise.all([first, second]);
    await executor.shutdown();
    const runs = trace.toJSON().traceEvents.filter(({ ph }) => ph === 'X');
    expect(runs.map(({ name }) => name)).toEqual(['block', 'add']);
  });

  it('has tasks that failed in ways that cannot be told', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    const trace = executor.trace();
    await executor.submit('throwValue', [{ toString: 1, valueOf: 1 }]).catch(() => {});
    const [started, go] = [new Counter(), new Counter()];
    const cancelled = executor.submit('blockAsync', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    cancelled.cancel(Object.create(null));
    await cancelled.catch(() => {});
    go.add(1);
    await executor.shutdown();
    const { traceEvents } = JSON.parse(JSON.stringify(trace)) as ReturnType<typeof trace.toJSON>;
    expect(traceEvents.find(({ name }) => name === 'throwValue')?.args).toMatchObject({ error: 'an Object' });
  });
});

describe('a stream that is abandoned', () => {
  it('counts, and is told of, as one that has ended', async () => {
    const told: string[] = [];
    const listener = (message: unknown) => void told.push((message as TaskFinished).task);
    subscribe('@pkg/pool:task:finished', listener);
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    for await (const _ of executor.submit('countTo', [1_000_000])) break;
    expect(executor.stats()).toMatchObject({ done: 1, failed: 0 });
    await executor.shutdown();
    unsubscribe('@pkg/pool:task:finished', listener);
    expect(executor.stats()).toMatchObject({ done: 1, failed: 0 });
    expect(told).toEqual(['countTo']);
  });
});

describe('the figures of an executor', () => {
  it('tell what waits, what runs, and how long each took', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    const none = { p50: 0, p95: 0, p99: 0 };
    expect(executor.stats()).toMatchObject({
      queued: 0,
      running: 0,
      done: 0,
      failed: 0,
      wait: none,
      run: none,
    });
    const [started, go] = [new Counter(), new Counter()];
    const running = executor.submit('block', [started, go]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    const behind = Array.from({ length: 9 }, (_, i) => executor.submit('add', [i, 0]));
    const failing = executor.submit('fail').catch(() => {});
    expect(executor.stats()).toMatchObject({ queued: 10, running: 1, done: 0, failed: 0 });
    expect(executor.stats().workers).toMatchObject([
      { name: 'worker-1', ready: true, running: true, tasks: 1 },
    ]);
    // What is measured lasts at least this long.
    const atLeast = 40;
    await new Promise((resolve) => setTimeout(resolve, atLeast));
    go.add(1);
    await Promise.all([running, ...behind, failing]);
    const { wait, run, workers, ...counts } = executor.stats();
    expect(counts).toEqual({ queued: 0, running: 0, done: 10, failed: 1 });
    // Nine of eleven tasks waited that long, one ran that long. A figure is right within a quarter.
    const measured = 0.75 * atLeast;
    expect(wait.p50).toBeGreaterThan(measured);
    expect(run.p50).toBeLessThan(run.p99);
    expect(run.p99).toBeGreaterThan(measured);
    for (const { p50, p95, p99 } of [wait, run]) expect(p50 <= p95 && p95 <= p99).toBe(true);
    expect(workers).toMatchObject([{ ready: true, running: false, tasks: 11 }]);
    expect(workers[0]!.utilisation).toBeGreaterThan(0);
    expect(workers[0]!.utilisation).toBeLessThanOrEqual(1);
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ workers: [], done: 10, failed: 1, wait, run });
  });

  it('add up to what was submitted, whatever became of it', async () => {
    let submitted = 0;
    const listener = () => void submitted++;
    subscribe('@pkg/pool:task:submitted', listener);
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 2, maxQueue: 4, graceMs: 50 });
    const outcomes: Promise<unknown>[] = [
      executor.submit('add', [1, 2]),
      executor.submit('fail'),
      executor.submit('echo', [() => {}]),
      executor.submit('notATask' as 'add', [1, 2]),
      executor.submit('add', [1, 2], { timeout: -1 }),
      executor.submit('add', [1, 2], { timeout: 0 }),
      executor.submit('add', [1, 2], { signal: AbortSignal.abort() }),
      executor.submit('returnsFunction'),
      executor.submit('dieAtFirst', [new Counter(), 1], { retries: 1 }),
      executor.submit('dieAtFirst', [new Counter(), 2], { retries: 1 }),
    ];
    // Beyond `maxQueue`: these are called off in line, and in the queue.
    for (let i = 0; i < 10; i++) {
      const task = executor.submit('later', ['x']);
      task.cancel();
      outcomes.push(task);
    }
    await Promise.allSettled(outcomes);
    await executor.broadcast('whoAmI');
    const started = new Counter();
    const running = executor.submit('deaf', [started]);
    while (started.get() === 0) await new Promise((resolve) => setImmediate(resolve));
    running.cancel();
    expect(executor.stats()).toMatchObject({ running: 1 });
    const read = async (stream: AsyncIterable<unknown>, items: number) => {
      for await (const _ of stream) if (--items === 0) break;
    };
    const ofStreams = await Promise.allSettled([
      running,
      read(executor.submit('countTo', [20]), Infinity),
      read(executor.submit('countTo', [1_000_000]), 1),
      read(executor.submit('failAfter', [2]), Infinity),
      read(executor.submit('perishAfter', [2, 'exit']), Infinity),
      executor.submit('add', [1, 2]),
    ]);
    const settled = [...(await Promise.allSettled(outcomes)), ...ofStreams];
    await executor.shutdown({ timeout: 0 });
    const { queued, running: stillRunning, done, failed } = executor.stats();
    unsubscribe('@pkg/pool:task:submitted', listener);
    expect([queued, stillRunning, done + failed]).toEqual([0, 0, submitted]);
    const failures = settled.filter(({ status }) => status === 'rejected').length;
    expect(failed).toBe(failures);
  });
});
