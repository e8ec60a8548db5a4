/** Tasks and callers that hand over what cannot be looked at: it is theirs that fails, and no worker dies of it. */
import { Queue } from '@pkg/queue';
import { HANDLE, KIND } from '@pkg/sync';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import {
  TaskCancelled,
  TaskNeverSettled,
  TaskValueError,
  ThreadPoolExecutor,
  WorkerDiedError,
} from './index.ts';

type Tasks = typeof import('../test/fixtures/hostile-tasks.ts');
const url = new URL('../test/fixtures/hostile-tasks.ts', import.meta.url);
const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
afterAll(() => executor.shutdown());

const turn = () => new Promise((resolve) => setImmediate(resolve));
const until = async (condition: () => boolean) => {
  while (!condition()) await turn();
};

const deep = (levels: number, value: unknown): unknown => {
  let outer = value;
  for (let level = 0; level < levels; level++) outer = [outer];
  return outer;
};

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** Who runs the tasks: another one once the first has died. */
let worker: number;
beforeAll(async () => {
  worker = await executor.submit('whoAmI');
});
const noWorkerDied = async () => expect(await executor.submit('whoAmI')).toBe(worker);

describe('a task that throws', () => {
  it.each([
    ['a revoked proxy', '<Revoked Proxy>'],
    ['a list with one', '[ <Revoked Proxy> ]'],
    ['an error with one', expect.objectContaining({ message: 'x', field: '<Revoked Proxy>' })],
    ['an aggregate with one', expect.objectContaining({ errors: [new TypeError('one'), '<Revoked Proxy>'] })],
    [
      'an error with a Blob',
      expect.objectContaining({ message: 'x', field: expect.stringContaining('Blob') }),
    ],
    [
      'an error with shared memory',
      expect.objectContaining({ message: 'x', field: expect.stringContaining('SharedArrayBuffer') }),
    ],
  ] as const)('%s fails, and so does one that rejects with it', async (which, expected) => {
    expect(await rejectionOf(executor.submit('throwHostile', [which]))).toEqual(expected);
    expect(await rejectionOf(executor.submit('rejectWithHostile', [which]))).toEqual(expected);
    await noWorkerDied();
  });
});

describe('a task that returns', () => {
  it.each([
    ['a revoked proxy', TypeError, 'revoked'],
    ['a then that throws', RangeError, 'no look'],
  ] as const)('%s fails', async (which, Class, message) => {
    const error = await rejectionOf(executor.submit('returnHostile', [which]));
    expect(error).toBeInstanceOf(Class);
    expect((error as Error).message).toContain(message);
    await noWorkerDied();
  });
});

describe('a task that returns a thenable', () => {
  it.each([
    ['whose then throws', expect.any(RangeError)],
    ['whose then throws when it is looked at again', 7],
    ['whose then throws after it has resolved', 7],
    ['that resolves to one whose then throws', expect.any(RangeError)],
    ['that resolves to a promise that never settles', expect.any(TaskNeverSettled)],
  ] as const)('%s gets what comes of it, and leaves nothing behind', async (which, expected) => {
    const isUnending = which === 'that resolves to a promise that never settles';
    for (const usesSignal of isUnending ? [false] : [false, true]) {
      const outcome = executor.submit('returnThenable', [which, usesSignal]);
      expect(await (outcome as Promise<unknown>).catch((error: unknown) => error)).toEqual(expected);
      // Noticed only by a thread whose event loop nobody holds.
      expect(await rejectionOf(executor.submit('never'))).toBeInstanceOf(TaskNeverSettled);
      await noWorkerDied();
    }
  });
});

describe('a task that replaces process.exit', () => {
  it('does not keep its worker from ending', async () => {
    const other = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    await other.submit('replaceExit');
    await other.shutdown();
  });
});

describe('a task that was cancelled', () => {
  it('for a revoked proxy sees it as text', async () => {
    const started = new Counter();
    const task = executor.submit('spinForReason', [started, 'throwIfAborted']);
    await until(() => started.get() === 1);
    const reason = revoked();
    task.cancel(reason);
    // Not by way of another promise, which would look for its then.
    expect(await task.catch((error: unknown) => error === reason)).toBe(true);
    expect(await executor.submit('reasonSeen')).toBe('<Revoked Proxy>');
  });

  it.each(['throwIfAborted', 'reason', 'aborted'] as const)(
    'and spins until then finds the reason, by signal.%s',
    async (by) => {
      const started = new Counter();
      // Shared memory tells first, the message follows: each time the task may look in between.
      for (let run = 1; run <= 20; run++) {
        const task = executor.submit('spinForReason', [started, by]);
        await until(() => started.get() === run);
        task.cancel(new RangeError(`reason ${run}`));
        expect(await rejectionOf(task)).toMatchObject({ message: `reason ${run}` });
        expect(await executor.submit('reasonSeen')).toBe(`RangeError: reason ${run}`);
      }
    },
  );

  it('without a reason finds the one that its caller gets', async () => {
    const started = new Counter();
    const task = executor.submit('spinForReason', [started, 'reason']);
    await until(() => started.get() === 1);
    task.cancel();
    const error = (await rejectionOf(task)) as Error;
    expect(error).toBeInstanceOf(TaskCancelled);
    expect(await executor.submit('reasonSeen')).toBe(String(error));
  });
});

describe('a shared object that this thread does not know', () => {
  it('as progress that nobody asked for troubles nobody', async () => {
    expect(await executor.submit('reportUnknown')).toBe('reported');
    await noWorkerDied();
  });

  it('as progress that somebody asked for is what the task fails of', async () => {
    const task = executor.submit('reportUnknownAndWait', [], { onProgress: () => {} });
    const error = await rejectionOf(task);
    expect(error).toBeInstanceOf(TaskValueError);
    expect(error).toMatchObject({ path: 'progress', taskName: 'reportUnknownAndWait' });
    await noWorkerDied();
  });

  it('as the item of a stream rejects for whoever takes it, however late', async () => {
    const stream = await executor.submit('yieldUnknown');
    expect((await stream.next()).value).toBe(1);
    // By now it lies there, and nobody has asked for it.
    await noWorkerDied();
    await turn();
    const error = await rejectionOf(stream.next());
    expect(error).toBeInstanceOf(TaskValueError);
    expect(error).toMatchObject({ path: 'item', taskName: 'yieldUnknown' });
    expect(String(error)).toMatch(/hostile\.Unknown.*used as a type only is dropped/);
    await noWorkerDied();
  });

  it('is a TaskValueError as a result, and as an argument that the worker does not know', async () => {
    const go = new Counter();
    go.add(1);
    const result = executor.submit('returnUnknown', [new Counter(), go]);
    expect(await rejectionOf(result)).toMatchObject({ code: 'POOL_TASK_VALUE', path: 'result' });
    const foreign = { [HANDLE]: () => ({ [KIND]: 'hostile.Foreign' }) };
    const error = await rejectionOf(executor.submit('returnHostile', [{ deep: [foreign] } as never]));
    expect(error).toBeInstanceOf(TaskValueError);
    expect(error).toMatchObject({ path: 'args[0].deep[0]', taskName: 'returnHostile' });
    await noWorkerDied();
  });

  it('is told apart from one of a known class that would not attach', async () => {
    const codec = { name: 'of a user', encode: () => new Uint8Array(1), decode: () => 1 };
    const error = await rejectionOf(executor.submit('returnHostile', [new Queue(0, { codec }) as never]));
    expect(error).toBeInstanceOf(TaskValueError);
    expect(String(error)).toMatch(/'of a user'.*: hand its handle over instead, and attach to it there$/);
  });

  it('as the result of a task that was cancelled troubles nobody', async () => {
    const [started, go] = [new Counter(), new Counter()];
    const task = executor.submit('returnUnknown', [started, go]);
    await until(() => started.get() === 1);
    task.cancel();
    expect(await rejectionOf(task)).toBeInstanceOf(TaskCancelled);
    go.add(1);
    await noWorkerDied();
  });
});

describe('what lies deeper than the owner’s stack reaches', () => {
  const expectRefusal = (error: unknown, path: string) => {
    expect(error).toBeInstanceOf(TaskValueError);
    expect(String(error)).toMatch(new RegExp(`${path}\\S* .*levels deep`));
  };

  it.each([3_000, 100_000])('is a TaskValueError, %i levels deep', async (levels) => {
    const memory = new SharedArrayBuffer(4);
    expectRefusal(await rejectionOf(executor.submit('returnDeep', [levels, new Counter()])), 'result');
    expectRefusal(await rejectionOf(executor.submit('returnDeep', [levels, memory])), 'result');
    expectRefusal(await rejectionOf(executor.submit('moveDeep', [levels])), 'result');
    expectRefusal(await rejectionOf(executor.submit('reportDeep', [levels, memory])), 'progress');
    const stream = await executor.submit('yieldDeep', [levels, memory]);
    expectRefusal(await rejectionOf(stream.next()), 'item');
    await noWorkerDied();
  });

  it('is a TaskValueError as an argument', async () => {
    const value = deep(1_000, new Counter());
    expectRefusal(await rejectionOf(executor.submit('returnDeep', [0, value])), 'args');
    await noWorkerDied();
  });

  it('arrives as text where it is a list of errors', async () => {
    const error = await rejectionOf(executor.submit('throwDeep', [10_000]));
    expect(error).toMatchObject({ message: 'x', list: [new TypeError('9999'), [new TypeError('9998'), {}]] });
    await noWorkerDied();
  });
});

describe('arguments that lie deeper than the worker’s stack reaches', () => {
  it('end that worker and no other task, also if its event loop finds them', async () => {
    await using small = new ThreadPoolExecutor<Tasks>(url, {
      maxWorkers: 1,
      resourceLimits: { stackSizeMb: 0.3 },
    });
    const turns = new Counter();
    const go = new Counter();
    const running = small.submit('countTurns', [turns, go]);
    await until(() => turns.get() > 0);
    const all = small.broadcast('returnDeep', [0, deep(480, go)]);
    // By then its event loop has come to what was posted.
    const enough = turns.get() + 3;
    await until(() => turns.get() > enough);
    go.add(1);
    await running;
    expect(await all).toEqual([]);
    const error = await rejectionOf(small.submit('returnDeep', [0, deep(480, go)]));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect(error).toMatchObject({ cause: expect.any(RangeError) });
    expect(await small.submit('whoAmI')).toBeGreaterThan(0);
  });
});

describe('the caller’s settings of Error', () => {
  const limit = Error.stackTraceLimit;
  afterEach(() => {
    Error.stackTraceLimit = limit;
    Object.assign(Error, { prepareStackTrace: undefined });
  });

  it.each<[string, () => void]>([
    ['no limit', () => Reflect.deleteProperty(Error, 'stackTraceLimit')],
    ['a limit that is none', () => Object.assign(Error, { stackTraceLimit: undefined })],
    ['stacks that are no text', () => Object.assign(Error, { prepareStackTrace: () => [] })],
  ])('(%s) leave a task its error', async (_, set) => {
    set();
    const failing = executor.submit('throwHostile', ['an error with a Blob']);
    const error = await failing.catch((reason: Error) => reason);
    let thrown: unknown;
    try {
      executor.submitSync('throwHostile', ['an error with a Blob']);
    } catch (reason) {
      thrown = reason;
    }
    Object.assign(Error, { prepareStackTrace: undefined });
    expect([error, thrown]).toEqual([expect.any(RangeError), expect.any(RangeError)]);
  });
});
