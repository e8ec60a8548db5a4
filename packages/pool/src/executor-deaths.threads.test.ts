import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import type { Perishing } from '../test/fixtures/tasks.ts';
import { ExecutorBroken, ThreadPoolExecutor, WorkerDiedError } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const fixture = (name: string) => new URL(`../test/fixtures/${name}`, import.meta.url);

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error) => error,
  );
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

/** Ends the worker that spins in `perish('terminate')`. The other one, if any, must be idle. */
const terminateAll = () => Promise.all(workers.map((each) => each.terminate()));

const kinds: [Perishing, unknown][] = [
  ['throw', { name: 'RangeError', message: 'throw' }],
  ['reject', { name: 'RangeError', message: 'reject' }],
  ['uncaught', { name: 'WorkerDiedError', exitCode: 1, cause: { message: 'uncaught' } }],
  ['unhandled', { name: 'WorkerDiedError', exitCode: 1, cause: { message: 'unhandled' } }],
  ['exit', { name: 'WorkerDiedError', exitCode: 3 }],
  ['terminate', { name: 'WorkerDiedError', exitCode: 1 }],
];

describe.each(kinds)('the end of a task by %s', (how, expected) => {
  const options = { maxWorkers: 1 };
  let executor: ThreadPoolExecutor<Tasks>;
  const ends = how !== 'throw' && how !== 'reject';
  const helpIt = async (started: Counter) => {
    if (how !== 'terminate') return;
    await until(() => started.get() > 0);
    await terminateAll();
  };
  const checkError = (error: unknown, taskName: string) => {
    expect(error).toMatchObject(expected as object);
    if (ends) expect(error).toBeInstanceOf(WorkerDiedError);
    if (ends) expect(error).toMatchObject({ taskName, code: 'POOL_WORKER_DIED' });
  };
  beforeEach(() => {
    executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), options);
  });
  afterEach(() => executor.shutdown({ timeout: 0 }));

  it('while it runs: it alone rejects, whatever is queued behind it completes', async () => {
    const started = new Counter();
    const ended = rejectionOf(executor.submit('perish', [how, started]));
    const behind = Array.from({ length: 20 }, (_, i) => executor.submit('add', [i, 1]));
    await helpIt(started);
    checkError(await ended, 'perish');
    expect(await Promise.all(behind)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(executor.stats()).toMatchObject({ done: 20, failed: 1, queued: 0, running: 0 });
    expect(executor.stats().workers).toHaveLength(1);
  });

  it('while it streams: what it has yielded arrives, then the error', async () => {
    const started = new Counter();
    const items: number[] = [];
    const ended = rejectionOf(
      (async () => {
        for await (const item of executor.submit('perishAfter', [3, how, started])) items.push(item);
      })(),
    );
    const behind = executor.submit('add', [1, 2]);
    await helpIt(started);
    checkError(await ended, 'perishAfter');
    expect(items).toEqual([0, 1, 2]);
    expect(await behind).toBe(3);
  });

  it('during shutdown: the shutdown ends, and the others complete before', async () => {
    const started = new Counter();
    const ended = rejectionOf(executor.submit('perish', [how, started]));
    const behind = Array.from({ length: 5 }, (_, i) => executor.submit('add', [i, 1]));
    const down = executor.shutdown();
    await helpIt(started);
    checkError(await ended, 'perish');
    expect(await Promise.all(behind)).toEqual([1, 2, 3, 4, 5]);
    await down;
    expect(executor.stats().workers).toHaveLength(0);
  });

  it('after its end, when the worker is idle: nobody is concerned', async () => {
    const started = new Counter();
    await executor.submit('perishLater', [how, started]);
    await helpIt(started);
    expect(await executor.submit('add', [1, 2], { retries: 1 })).toBe(3);
    if (how === 'reject' || how === 'throw') return;
    await until(() => executor.stats().workers.length === 1);
  });
});

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
    for (let round = 0; round < 3; round++) {
      const done = executor.stats().done;
      await until(() => executor.stats().done > done || executor.stats().done === 3000);
      await terminateAll();
    }
    expect(await Promise.all(tasks)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    await executor.shutdown();
  });

  it('is noticed when a promise can never settle', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(fixture('tasks.ts'), { maxWorkers: 1 });
    await expect(executor.submit('never')).rejects.toThrow('nothing is left to settle');
    expect(await executor.submit('add', [1, 2])).toBe(3);
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
    /died before they began a task/,
  ],
  ['an initializer that exits', 'fails-to-initialise.ts', 'exit', /died before they began a task/],
  ['an initializer that throws', 'fails-to-initialise.ts', 'initialise', /initializer failed: no database/],
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
    expect(executor.stats().workers).toHaveLength(0);
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
