import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import { Control } from './executor/control.ts';
import { ExecutorBroken, TaskNeverSettled, ThreadPoolExecutor, WorkerDiedError } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const fixture = (name: string) => new URL(`../test/fixtures/${name}`, import.meta.url);

const turn = () => new Promise((resolve) => setImmediate(resolve));
const until = async (condition: () => boolean) => {
  while (!condition()) await turn();
};

/** Node tells of every worker that is started: this is how an outsider gets hold of one. */
const workers: Worker[] = [];
const onWorker = (worker: Worker) => {
  workers.push(worker);
  worker.once('exit', () => workers.splice(workers.indexOf(worker), 1));
};
beforeAll(() => void process.on('worker', onWorker));
afterAll(() => void process.off('worker', onWorker));

const terminateAll = () => Promise.all(workers.map((each) => each.terminate()));

/** An environment which can be given to so many workers, and to no more. */
function refusingAfter(workers: number): { env: NodeJS.Dict<string>; error: Error } {
  const error = new Error('no room');
  let given = 0;
  const env = {
    get GIVEN() {
      if (++given > workers) throw error;
      return String(given);
    },
  };
  return { env, error };
}

describe('a death', () => {
  it('touches no task that runs elsewhere', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 2 });
    const [started, go] = [new Counter(), new Counter()];
    const elsewhere = executor.submit('block', [started, go]);
    await until(() => started.get() === 1);
    await expect(executor.submit('perish', ['exit'])).rejects.toThrow(WorkerDiedError);
    expect(await executor.submit('add', [1, 2])).toBe(3);
    go.add(1);
    expect(await elsewhere).toBeGreaterThan(0);
    await executor.shutdown();
  });

  it('is survived by the executor where the system refuses another worker', async () => {
    const refusing = refusingAfter(2);
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 2, env: refusing.env });
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    await expect(executor.submit('perish', ['exit'])).rejects.toThrow(WorkerDiedError);
    expect(await executor.submit('add', [1, 2])).toBe(3);
    expect(String(await warned)).toMatch(/an executor has 1 of 2 workers, .* could not be started: no room/);
    await expect(executor.submit('perish', ['exit'])).rejects.toThrow(WorkerDiedError);
    // Nobody is left.
    const error = await rejectionOf(executor.submit('add', [1, 2]));
    expect(error).toBeInstanceOf(ExecutorBroken);
    expect(String(error)).toMatch(/a worker could not be started/);
    expect((error as Error).cause).toBe(refusing.error);
    await executor.shutdown();
  });

  it('is that of a task for which no worker can be started', async () => {
    const { env, error } = refusingAfter(0);
    const options = { maxWorkers: 2, env };
    expect(() => new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), options)).toThrow(error);
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { ...options, minWorkers: 0 });
    for (const _ of [1, 2]) {
      await expect(executor.submit('add', [1, 2])).rejects.toMatchObject({ cause: error });
    }
    const stream = executor.submit('countTo', [3]);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(ExecutorBroken);
    expect(executor.stats()).toMatchObject({ queued: 0, running: 0, failed: 3 });
    await executor.shutdown();
  });

  it('is not the end of a task that is to be retried', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 2 });
    const runs = new Counter();
    expect(await executor.submit('dieAtFirst', [runs, 2], { retries: 2 })).toBe(2);
    await expect(executor.submit('dieAtFirst', [new Counter(), 9], { retries: 1 })).rejects.toThrow(
      /process\.exit\(9\)/,
    );
    await executor.shutdown();
  });

  it('of every worker at once loses no task', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 2 });
    const tasks = Array.from({ length: 3000 }, (_, i) => executor.submit('add', [i, 1], { retries: 100 }));
    for (let round = 0; round < 2; round++) {
      const done = executor.stats().done;
      await until(() => executor.stats().done > done || executor.stats().done === 3000);
      await terminateAll();
    }
    expect(await Promise.all(tasks)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    await executor.shutdown();
  });

  it('takes no result with it that was sent before', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 1 });
    const started = new Counter();
    const big = [1, 2, 3].map((n) => executor.submit('bigResult', [n * 2 ** 20]));
    const shared = executor.submit('increment', [started]);
    const dying = rejectionOf(executor.submit('perish', ['exit', started]));
    // This thread stands still until the worker has most likely ended, and so hears of the end before it looks at the
    // results. In the other order all is well, too.
    started.waitFor(2);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect((await Promise.all(big)).map((each) => each.length)).toEqual([2 ** 20, 2 ** 21, 3 * 2 ** 20]);
    expect((await shared).get()).toBe(2);
    expect(await dying).toBeInstanceOf(WorkerDiedError);
    await executor.shutdown();
  });

  it('by a rejection that nobody handles takes its task with it', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 1 });
    const error = rejectionOf(executor.submit('perish', ['unhandled']));
    const behind = executor.submit('add', [1, 2]);
    expect(await error).toMatchObject({
      name: 'WorkerDiedError',
      taskName: 'perish',
      exitCode: 1,
      cause: { message: 'unhandled' },
    });
    expect(await behind).toBe(3);
    await executor.shutdown();
  });

  it('is noticed when a promise can never settle', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 1 });
    await expect(executor.submit('never')).rejects.toMatchObject({
      constructor: TaskNeverSettled,
      code: 'POOL_TASK_NEVER_SETTLED',
      taskName: 'never',
      message: expect.stringContaining('nothing is left to settle'),
    });
    expect(await executor.submit('add', [1, 2])).toBe(3);
    await executor.shutdown();
  });
});

describe('an executor whose last task ended without a word of its worker', () => {
  type Executor = ThreadPoolExecutor<Tasks>;
  const started = new Counter();

  const block = (executor: Executor) => {
    const before = started.get();
    const task = rejectionOf(executor.submit('blockAsync', [started, new Counter()]));
    return { task, begun: until(() => started.get() > before) };
  };

  it.each<[string, string, (executor: Executor) => unknown]>([
    [
      'by a death',
      'tasks.ts',
      async (executor) => {
        await rejectionOf(executor.submit('perish', ['exit']));
        await executor.shutdown();
      },
    ],
    [
      'by force',
      'tasks.ts',
      async (executor) => {
        const { task, begun } = block(executor);
        await begun;
        await executor.shutdown({ timeout: 0 });
        await task;
      },
    ],
    [
      'before it began',
      'tasks.ts',
      async (executor) => {
        const task = executor.submit('add', [1, 2]);
        task.cancel();
        await rejectionOf(task);
        await executor.shutdown();
      },
    ],
    [
      'as no worker could begin it, though nobody has shut the executor down',
      'broken-tasks.ts',
      async (executor) => {
        await rejectionOf(executor.submit('add', [1, 2]));
        await until(() => executor.stats().workers.length === 0);
      },
    ],
  ])('%s, leaves no sleeper behind, by which the engine would keep it', async (_, file, use) => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture(file), { maxWorkers: 1 });
    const { results } = new Control(executor.handle.control);
    await use(executor);
    await until(() => !results.hasWaiters);
  });
});

describe('workers that die when they have nothing to do', () => {
  it('are replaced a few times, and then only for tasks, each of which is run', async () => {
    const executor = new ThreadPoolExecutor<typeof import('../test/fixtures/fails-to-initialise.ts')>(
      fixture('fails-to-initialise.ts'),
      { maxWorkers: 1, initializer: 'failWhenIdle' },
    );
    for (let round = 0; round < 2; round++) {
      await until(() => executor.stats().workers.length === 0);
      expect(await executor.submit('add', [round, 2])).toBe(round + 2);
    }
    await executor.shutdown();
  });
});

describe.each([
  [
    'a module that cannot be loaded',
    'broken-tasks.ts',
    undefined,
    /could not be loaded: this module cannot be loaded/,
  ],
  ['a module that is not there', 'no-such-file.ts', undefined, /could not be loaded/],
  [
    'a module that exits while it is loaded',
    'exits-while-loading.ts',
    undefined,
    /died before they were ready/,
  ],
  ['an initializer that exits', 'fails-to-initialise.ts', 'exit', /died before they were ready/],
  ['an initializer that throws', 'fails-to-initialise.ts', 'initialise', /initializer failed: no database/],
  [
    'a module that awaits for ever what nothing is left to settle',
    'awaits-for-ever.ts',
    undefined,
    /could not be loaded: it awaits, at its top level, a promise that nothing is left to settle/,
  ],
  [
    'an initializer that never settles',
    'fails-to-initialise.ts',
    'initialiseForEver',
    /initializer failed: it returned a promise that nothing is left to settle/,
  ],
  ['an initializer that is not there', 'fails-to-initialise.ts', 'nothing', /exports no function 'nothing'/],
] as const)('%s', (_, file, initializer, message) => {
  it('rejects every task, those to come included, and can be shut down', async () => {
    const executor = new ThreadPoolExecutor<typeof import('../test/fixtures/fails-to-initialise.ts')>(
      fixture(file),
      {
        maxWorkers: 2,
        ...(initializer === undefined ? {} : { initializer: initializer as 'initialise' }),
      },
    );
    const errors = await Promise.all(
      Array.from({ length: 5 }, () => rejectionOf(executor.submit('add', [1, 2]))),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(ExecutorBroken);
      expect((error as Error).message).toMatch(message);
    }
    await expect(
      (async () => {
        for await (const _ of executor.submit('count'));
      })(),
    ).rejects.toThrow(ExecutorBroken);
    expect(() => executor.submitSync('add', [1, 2])).toThrow(ExecutorBroken);
    await executor.shutdown();
    expect(executor.stats()).toMatchObject({ workers: [], queued: 0 });
  });

  it('also if it comes out during shutdown, or while submitSync waits', async () => {
    const make = () =>
      new ThreadPoolExecutor<typeof import('../test/fixtures/fails-to-initialise.ts')>(fixture(file), {
        maxWorkers: 1,
        ...(initializer === undefined ? {} : { initializer: initializer as 'initialise' }),
      });
    const executor = make();
    const error = rejectionOf(executor.submit('add', [1, 2]));
    await executor.shutdown();
    expect(await error).toBeInstanceOf(ExecutorBroken);
    const other = make();
    expect(() => other.submitSync('add', [1, 2])).toThrow(ExecutorBroken);
    await other.shutdown();
  });
});
