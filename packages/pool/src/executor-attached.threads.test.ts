import { once } from 'node:events';
import { Queue } from '@pkg/queue';
import { FROM, HANDLE, revive, supervise } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import {
  BroadcastingThread,
  HastyThread,
  LeavingThread,
  SlowConsumer,
  SubmittingThread,
} from '../test/fixtures/submitting-thread.ts';
import { workerInTypeScript } from '../test/worker-in-typescript.ts';
import {
  ExecutorBroken,
  ExecutorDeadlock,
  type ExecutorHandle,
  ExecutorShutDown,
  TaskCancelled,
  ThreadPoolExecutor,
} from './index.ts';

type Tasks = typeof import('../test/fixtures/nested-tasks.ts');
const url = new URL('../test/fixtures/nested-tasks.ts', import.meta.url);

const { shared, make } = executorsOf<Tasks>(url, 2);

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a task that submits tasks to its own executor', () => {
  it('gets what becomes of them', async () => {
    expect(await shared.submit('sumTo', [shared, 1000])).toBe(499_500);
    expect(await shared.submit('outer', [shared])).toBe(4);
  });

  it('may submit everything that can be submitted elsewhere, but what must be moved', async () => {
    const { unsendable, moved, broadcast, ...others } = await shared.submit('allSorts', [shared]);
    expect(others).toEqual({
      items: Array.from({ length: 100 }, (_, i) => i),
      mapped: [1, 2],
      steps: [{ step: 1 }, { step: 2 }, 'done'],
      counter: 2,
      big: 2 ** 20,
      call: 7,
      retried: 2,
      failure: [true, 'inner', 3, 'TypeError: why'],
      died: 'WorkerDiedError',
      unknown: 'TaskNotFound',
      aborted: 'enough',
      timedOut: 'TaskTimeout',
    });
    expect(unsendable).toContain("TaskValueError: args[0].f of task 'sizeOf' cannot travel");
    expect(moved).toContain('only the thread that made the executor can move');
    expect(broadcast).toContain('would wait for the worker that runs this very task');
  });

  it('is told of values that lie too deep to go either way', async () => {
    const refusal = expect.stringMatching(/TaskValueError: .* lies more than 500 levels deep/);
    expect(await shared.submit('exchangeDeep', [shared, 3_000])).toEqual([refusal, refusal]);
  });

  it('gets and sends errors of this project as what they are', async () => {
    expect(await shared.submit('exchangeLockTimeouts', [shared])).toEqual([true, true]);
  });

  it('gets as text what of errors lies too deep to be read', async () => {
    expect(await shared.submit('exchangeDeepErrors', [shared, 3_000])).toEqual(['string', 'string']);
  });

  it('may grow a tree of them', async () => {
    const executor = make({ maxWorkers: 8 });
    expect(await executor.submit('tree', [executor, 2])).toBe(4);
  });

  it('may take a stream, use priorities and other executors while the thread that made them blocks', () => {
    const executor = make({ maxQueue: 2 });
    expect(executor.submitSync('sumOfStream', [executor, 50])).toBe(1225);
    for (const priority of [-1, 0, 1]) {
      expect(executor.submitSync('sumByPriority', [executor, 50, priority])).toBe(1225);
    }
    expect(executor.submitSync('sumOfStream', [shared, 50])).toBe(1225);
    expect(executor.submitSync('blockingSum', [shared, 1, 2])).toBe(3);
  });

  it('gets no port as progress, and is told so', async () => {
    let port: unknown;
    const onProgress = (value: unknown) => {
      ({ port } = value as { port: MessagePort });
    };
    expect(await shared.submit('reportPort', [], { onProgress })).toBe('reported');
    expect(port).toBeInstanceOf(MessagePort);
    expect(await shared.submit('portForTask', [shared])).toContain(
      "TaskValueError: progress of task 'reportPort'",
    );
  });

  it('keeps a stream within its window, and ends it by leaving', async () => {
    const [yielded, cleaned] = [new Counter(), new Counter()];
    expect(await shared.submit('leaveStream', [shared, yielded, cleaned])).toBeLessThan(60);
    await until(() => cleaned.get() === 1);
  });

  it('may block for them, also while the thread that made the executor does', async () => {
    expect(await shared.submit('blockingSum', [shared, 1, 2])).toBe(3);
    expect(shared.submitSync('blockingSum', [shared, 3, 4])).toBe(7);
  });

  it.each([1, 2])('is told when it would block for ever (workers: %d)', async (workers) => {
    const executor = make({ maxWorkers: workers });
    const here = new Counter();
    const tasks = Array.from({ length: workers }, () =>
      executor.submit('blockingSumTogether', [executor, here, workers]),
    );
    const outcomes = await Promise.allSettled(tasks);
    const failures = outcomes.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toBeInstanceOf(ExecutorDeadlock);
    expect(failures[0]).toMatchObject({ code: 'POOL_EXECUTOR_DEADLOCK', taskName: 'add' });
    // The others go on, by the worker that was told.
    expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(workers - 1);
  });

  it('is not told so when a worker has become free that this thread has not heard of', async () => {
    const executor = make();
    const [started, go, later] = [new Counter(), new Counter(), new Counter()];
    const first = executor.submit('blockingBlock', [executor, started, go]);
    await until(() => started.get() === 1);
    // One worker blocks for what the other one runs; that one will take this, and block for a task as well.
    const second = executor.submit('blockingSumLater', [executor, later]);
    go.add(1);
    later.waitFor(1);
    // Its submission arrives while the result of the task before it lies there.
    Atomics.wait(later.words, 1, 0, 100);
    expect(await Promise.all([first, second])).toEqual([1, 3]);
  });

  it('is not told so when a worker is about to be replaced', async () => {
    const executor = make({ graceMs: 100 });
    const [started, go, first, second] = [new Counter(), new Counter(), new Counter(), new Counter()];
    const elsewhere = executor.submit('block', [started, go]);
    await until(() => started.get() === 1);
    const blocked = executor.submit('blockingSumLater', [executor, first, { priority: 1 }]);
    await until(() => first.get() === 1);
    const behind = executor.submit('blockingSumLater', [executor, second]);
    blocked.cancel();
    await expect(blocked).rejects.toThrow(TaskCancelled);
    go.add(1);
    // Both workers block now: the one until its time of grace is over, the other until a worker runs its task.
    expect(await Promise.all([elsewhere, behind])).toEqual([1, 3]);
  });

  it('may block for as long as it likes with a timeout', async () => {
    const executor = make({ maxWorkers: 1 });
    expect(await executor.submit('blockingWithTimeout', [executor])).toBe('TaskTimeout');
  });

  it('is warned of, once, when it may wait for ever', async () => {
    const executor = make({ maxWorkers: 1 });
    const warnings: (Error & { code?: string })[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    try {
      const task = executor.submit('outer', [executor]);
      await until(() => warnings.length > 0);
      expect(warnings[0]).toMatchObject({ name: 'ExecutorSaturated', code: 'POOL_EXECUTOR_SATURATED' });
      expect(warnings[0]!.message).toContain("'add'");
      task.cancel();
      await expect(task).rejects.toThrow('cancelled');
    } finally {
      process.off('warning', onWarning);
    }
  });

  it('takes them with it when it dies: queued ones never run, running ones are cancelled', async () => {
    const executor = make({ maxWorkers: 2 });
    const [started, go, runs] = [new Counter(), new Counter(), new Counter()];
    await expect(executor.submit('orphan', [executor, started, go, runs])).rejects.toThrow('exit(9)');
    await until(() => started.get(1) === -1);
    expect(await executor.submit('add', [1, 2])).toBe(3);
    await executor.shutdown();
    expect(runs.get()).toBe(0);
  });

  it('is refused once the executor is shutting down', async () => {
    const executor = make({ maxWorkers: 1 });
    const task = executor.submit('outer', [executor]);
    const down = executor.shutdown();
    await expect(task).rejects.toThrow(ExecutorShutDown);
    await down;
  });
});

describe('an attached executor', () => {
  it('serves any thread', async () => {
    const seen = new Counter();
    await new SubmittingThread(shared as never, seen).start().joinAsync();
    expect([seen.get(), seen.get(1)]).toEqual([42, 2]);
  });

  it('cancels what a thread leaves behind when it ends', async () => {
    const seen = new Counter();
    await new LeavingThread(shared as never, seen).start().joinAsync();
    await until(() => seen.get(1) === -1);
  });

  it('may end in the middle of a stream, of progress, and of a broadcast', async () => {
    const executor = make();
    await new HastyThread(executor as never, new Counter()).start().joinAsync();
    // What it had begun is cancelled, which takes the workers back.
    await until(() => executor.stats().running === 0);
    expect(await executor.submit('add', [1, 2])).toBe(3);
  });

  it('learns what has become of a broadcast when the executor ends meanwhile', async () => {
    const executor = make({ maxWorkers: 1 });
    const [started, go, outcome] = [new Counter(), new Counter(), new Queue<string>()];
    const thread = new BroadcastingThread(executor as never, 'dieWhenTold', started, go, outcome).start();
    await until(() => started.get() === 1);
    const down = executor.shutdown();
    go.add(1);
    await down;
    await thread.joinAsync();
    expect(outcome.get()).toBe('WorkerDiedError of dieWhenTold');
  });

  it('cannot have a stream or what lies too deep by a broadcast, and holds up no worker by asking for it', async () => {
    const executor = make();
    const outcome = new Queue<string>();
    for (const task of ['countTo', 'nested'] as const) {
      await new BroadcastingThread(executor as never, task, new Counter(), new Counter(), outcome)
        .start()
        .joinAsync();
      expect(outcome.get()).toBe(`TaskValueError of ${task}`);
    }
    await until(() => executor.stats().running === 0);
    expect(await executor.submit('add', [1, 2])).toBe(3);
  });

  it('counts a stream that it leaves as done', async () => {
    const executor = make({ maxWorkers: 2 });
    const [yielded, cleaned] = [new Counter(), new Counter()];
    await executor.submit('leaveStream', [executor, yielded, cleaned]);
    await until(() => executor.stats().done === 2);
    expect(executor.stats().failed).toBe(0);
  });

  it('ends without ending the executor', async () => {
    const [started, go] = [new Counter(), new Counter()];
    expect(await shared.submit('detached', [shared, started, go])).toBe('ExecutorShutDown 1');
    expect(await shared.submit('outer', [shared])).toBe(4);
  });

  it('gets the rest of a stream after the executor has been shut down, and no new task', async () => {
    const executor = make({ maxWorkers: 1 });
    const seen = new Counter();
    const consumer = new SlowConsumer(executor as never, seen).start();
    await until(() => seen.get() === 1);
    await executor.shutdown();
    seen.add(1);
    await consumer.joinAsync();
    expect([seen.get(1), seen.get(2)]).toEqual([16, 1]);
  });

  it('is the executor itself in the thread that made it', async () => {
    const executor = make({ maxWorkers: 1 });
    const same = ThreadPoolExecutor.from<Tasks>(executor.handle);
    expect(await same.submit('add', [1, 2])).toBe(3);
    expect(same.stats().done).toBe(1);
    expect(revive(executor[HANDLE]())).toBeInstanceOf(ThreadPoolExecutor);
    expect(ThreadPoolExecutor[FROM](structuredClone(executor.handle)).handle).toEqual(executor.handle);
  });

  it('refuses tasks when the executor has been shut down', async () => {
    const executor = make({ maxWorkers: 1 });
    const { handle } = executor;
    await executor.shutdown();
    await expect(ThreadPoolExecutor.from<Tasks>(handle).submit('add', [1, 2])).rejects.toThrow(
      ExecutorShutDown,
    );
    const late = make({ maxWorkers: 1 });
    await late.shutdown();
    expect(() => ThreadPoolExecutor.from<Tasks>(late.handle).submitSync('add', [1, 2])).toThrow(
      ExecutorShutDown,
    );
  });

  it('refuses what is no handle', () => {
    expect(() => ThreadPoolExecutor.from({} as ExecutorHandle)).toThrow(TypeError);
    expect(() => ThreadPoolExecutor.from(null as never)).toThrow(/pass executor\.handle/);
    expect(() => ThreadPoolExecutor.from(new Counter()[HANDLE]() as ExecutorHandle)).toThrow(
      /fixtures\.Counter/,
    );
  });

  it('rejects when the thread that made the executor ends', async () => {
    const owner = workerInTypeScript(new URL('../test/fixtures/executor-owner.ts', import.meta.url));
    supervise(owner);
    const [handle] = (await once(owner, 'message')) as [ExecutorHandle];
    const executor = ThreadPoolExecutor.from<Tasks>(handle);
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(executor.submitSync('add', [3, 4])).toBe(7);
    expect(() => executor.stats()).toThrow(TypeError);
    const started = new Counter();
    const pending = executor.submit('wait', [started, new Counter()]);
    const rejected = expect(pending).rejects.toThrow(ExecutorBroken);
    await until(() => started.get() === 1);
    await owner.terminate();
    await rejected;
    await expect(executor.submit('add', [1, 2])).rejects.toThrow(ExecutorBroken);
  });
});

describe('bad options of an attached executor', () => {
  it.each<[unknown, string]>([
    [null, 'TypeError: options must be an object, such as { '],
    [{ transfer: null }, "TypeError: task 'add': options.transfer must be an array, not null"],
    [
      { transfer: [new ArrayBuffer(1)] },
      "TypeError: task 'add': only the thread that made the executor can move",
    ],
    [{ signal: 5 }, 'TypeError: options.signal must be an AbortSignal, not the number 5'],
  ])('are told as the owner tells them: %o', async (options, message) => {
    expect(await shared.submit('refusalOf', [shared, options as object])).toContain(message);
  });
});

describe('a thread that goes on', () => {
  it('keeps no channel of executors that it has used, or been given, when they have been shut down', async () => {
    const here = make({ maxWorkers: 1 });
    await here.submit('ignore', [shared]);
    const before = await here.submit('channelsInUse');
    for (let round = 0; round < 2; round++) {
      const executor = make({ maxWorkers: 1 });
      expect(await here.submit('outer', [executor])).toBe(4);
      await here.submit('ignore', [executor]);
      await executor.shutdown();
    }
    const late = make({ maxWorkers: 1 });
    expect(late.handle).toBeDefined();
    await late.shutdown();
    await here.submit('ignore', [late]);
    // One may be held by the engine for a while, as the target of the latest event.
    while ((await here.submit('channelsInUse')) > before + 1)
      await new Promise((resolve) => setImmediate(resolve));
    await expect(here.submit('outer', [late])).rejects.toThrow(ExecutorShutDown);
  });
});
