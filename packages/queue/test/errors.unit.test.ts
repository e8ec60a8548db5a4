/** Every error of the contract that a queue throws: its class, its code, what its message names, and that nothing changed. */
import { BlockingForbidden } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import {
  Queue,
  QueueCodecError,
  QueueEmpty,
  QueueFull,
  type QueueHandle,
  QueueShutDown,
  QueueTimeout,
  SimpleQueue,
} from '../src/index.ts';
import type { TaskQueue } from '../src/task-queue.ts';
import { kinds } from './fixtures/kinds.ts';

type AnyQueue = TaskQueue<unknown>;

/** What was thrown or rejected with; fails when nothing was. */
async function errorOf(action: () => unknown): Promise<Error & { code?: string }> {
  try {
    await action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Runs each form of the same verb and hands its error to `check`. */
async function each(
  actions: Record<string, () => unknown>,
  check: (error: Error & { code?: string }) => void,
) {
  for (const [name, action] of Object.entries(actions)) {
    let error: Error;
    try {
      error = await errorOf(action);
    } catch {
      throw new Error(`${name} threw nothing`);
    }
    check(error);
  }
}

const putForms = (queue: AnyQueue, item: unknown) => ({
  put: () => queue.put(item),
  putNowait: () => queue.putNowait(item),
  putAsync: () => queue.putAsync(item),
  putMany: () => queue.putMany([item]),
  putManyAsync: () => queue.putManyAsync([item]),
});

describe.each(kinds)('$name', (kind) => {
  describe('an item that cannot be carried', () => {
    const cases: [string, unknown, string][] = [
      ['a function', { options: { onDone() {} } }, 'item.options.onDone'],
      ['a symbol', [1, [Symbol('x')]], 'item[1][0]'],
      ['a WeakMap', { 'a-b': new WeakMap() }, 'item["a-b"]'],
      ['a function in a Map', new Map([['key', () => 1]]), 'item'],
      ['a function by itself', () => 1, 'item'],
    ];
    it.each(cases)('%s: names the path, and the queue is unchanged', async (_, bad, path) => {
      const queue = kind.create(10);
      const item = kind.name === 'PriorityQueue' ? [1, bad] : bad;
      const at = kind.name === 'PriorityQueue' ? path.replace('item', 'item[1]') : path;
      queue.put(1);
      const before = queue.stats();
      await each(putForms(queue, item), (error) => {
        expect(error).toBeInstanceOf(QueueCodecError);
        expect(error.code).toBe('QUEUE_CODEC');
        expect(error.name).toBe('QueueCodecError');
        expect((error as QueueCodecError).path.startsWith(at)).toBe(true);
        expect(error.message).toContain(at);
      });
      expect(queue.stats()).toEqual(before);
      expect(queue.unfinishedTasks).toBe(1);
      expect(queue.get()).toBe(1);
    });

    it('in the middle of a batch: nothing of the batch is put', async () => {
      const queue = kind.create();
      await each(
        {
          putMany: () => queue.putMany([1, [2, () => 1], 3]),
          putManyAsync: () => queue.putManyAsync([1, [2, () => 1], 3]),
        },
        (error) => expect(error).toBeInstanceOf(QueueCodecError),
      );
      expect(queue.qsize()).toBe(0);
      expect(queue.unfinishedTasks).toBe(0);
    });

    it('an array of which an element throws, or that is a revoked proxy: names the path', async () => {
      const queue = kind.create();
      const { proxy, revoke } = Proxy.revocable([1, 2], {});
      revoke();
      for (const index of [0, 1]) {
        const broken = Object.defineProperty([1, 2], index, {
          enumerable: true,
          get() {
            throw new Error('from the getter');
          },
        });
        await each(putForms(queue, broken), (error) => {
          expect(error).toBeInstanceOf(QueueCodecError);
          expect(error).toMatchObject({ path: `item[${index}]`, taken: 0, items: [] });
          expect(error.message).toContain('from the getter');
        });
      }
      await each(putForms(queue, proxy), (error) => {
        expect(error).toBeInstanceOf(QueueCodecError);
        expect((error as QueueCodecError).path).toMatch(/^item(\[0\])?$/);
        expect(error.message).toContain('revoked');
      });
      expect(queue.qsize()).toBe(0);
      expect(queue.unfinishedTasks).toBe(0);
    });

    it('a getter that throws: its error comes through, and the queue is unchanged', async () => {
      const queue = kind.create();
      const bad = [
        1,
        {
          get trouble() {
            throw new TypeError('from the getter');
          },
        },
      ];
      await each(putForms(queue, bad), (error) => {
        expect(`${error.message} ${(error.cause as Error | undefined)?.message}`).toContain(
          'from the getter',
        );
      });
      expect(queue.qsize()).toBe(0);
      queue.put(1);
      expect(queue.get()).toBe(1);
    });
  });

  describe('a bad timeout', () => {
    const forms = (queue: AnyQueue, timeout: number) => ({
      put: () => queue.put(1, { timeout }),
      putAsync: () => queue.putAsync(1, { timeout }),
      putMany: () => queue.putMany([1], { timeout }),
      putManyAsync: () => queue.putManyAsync([1], { timeout }),
      get: () => queue.get({ timeout }),
      getAsync: () => queue.getAsync({ timeout }),
      getMany: () => queue.getMany(1, { timeout }),
      getManyAsync: () => queue.getManyAsync(1, { timeout }),
      join: () => queue.join({ timeout }),
      joinAsync: () => queue.joinAsync({ timeout }),
    });

    it.each([-1, -0.5, -Infinity, Number.NaN])('%s is a RangeError that shows it', async (timeout) => {
      const queue = kind.create();
      await each(forms(queue, timeout), (error) => {
        expect(error).toBeInstanceOf(RangeError);
        expect(error.message).toContain(String(timeout));
      });
      expect(queue.qsize()).toBe(0);
    });

    it.each<[unknown, string]>([
      ['10', 'the string "10"'],
      [null, 'null'],
      [true, 'the boolean true'],
      [{}, 'an Object'],
      [10n, 'the bigint 10n'],
    ])('%s is a TypeError that shows it and its type', async (timeout, shown) => {
      const queue = kind.create();
      await each(forms(queue, timeout as number), (error) => {
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toContain(`not ${shown}`);
      });
      expect(queue.qsize()).toBe(0);
    });
  });

  describe('a queue that is empty or full', () => {
    it('QueueEmpty tells the timeout', async () => {
      const queue = kind.create();
      await each({ getNowait: () => queue.getNowait(), get: () => queue.get({ timeout: 0 }) }, (error) => {
        expect(error).toBeInstanceOf(QueueEmpty);
        expect(error).toMatchObject({ name: 'QueueEmpty', code: 'QUEUE_EMPTY', timeout: 0 });
      });
      await each(
        {
          get: () => queue.get({ timeout: 3 }),
          getAsync: () => queue.getAsync({ timeout: 3 }),
          getMany: () => queue.getMany(2, { timeout: 3 }),
          getManyAsync: () => queue.getManyAsync(2, { timeout: 3 }),
        },
        (error) => {
          expect(error).toBeInstanceOf(QueueEmpty);
          expect(error).toMatchObject({ timeout: 3, message: expect.stringContaining('3 ms') });
        },
      );
    });

    it('QueueFull tells the timeout, the bound and what a batch got in', async () => {
      const queue = kind.create(3);
      queue.put(0);
      const full = await errorOf(() => queue.putMany([1, 2, 3, 4], { timeout: 2 }));
      expect(full).toBeInstanceOf(QueueFull);
      expect(full).toMatchObject({ name: 'QueueFull', code: 'QUEUE_FULL', timeout: 2, accepted: 2 });
      expect(full.message).toMatch(/2 ms.*maxsize 3.*2 items/);
      expect(queue.qsize()).toBe(3);
      await each(
        { putNowait: () => queue.putNowait(9), putAsync: () => queue.putAsync(9, { timeout: 0 }) },
        (error) => expect(error).toMatchObject({ code: 'QUEUE_FULL', timeout: 0, accepted: 0 }),
      );
      expect(queue.qsize()).toBe(3);
    });

    it.each([0, 1000])(
      'QueueFull names maxBytes when memory is what is missing, with a maxsize of %i',
      async (maxsize) => {
        const queue = kind.create(maxsize, { maxBytes: 65_536 });
        const big = () => [1, new Uint8Array(30_000)];
        const batch = await errorOf(() => queue.putMany([big(), big(), big(), big()], { timeout: 0 }));
        const accepted = queue.qsize();
        expect(batch).toBeInstanceOf(QueueFull);
        expect(batch).toMatchObject({ timeout: 0, accepted });
        expect(batch.message).toBe(
          'the memory of the queue is in use (maxBytes 65536): take items out, with redeliver call taskDone for ' +
            `those taken, or raise maxBytes; ${accepted} items of the batch are in it`,
        );
        await each(
          {
            putNowait: () => queue.putNowait(big()),
            put: () => queue.put(big(), { timeout: 2 }),
            putAsync: () => queue.putAsync(big(), { timeout: 2 }),
            putAsyncAtOnce: () => queue.putAsync(big(), { timeout: 0 }),
            putMany: () => queue.putMany([big()], { timeout: 2 }),
            putManyAsync: () => queue.putManyAsync([big()], { timeout: 2 }),
          },
          (error) => {
            expect(error).toBeInstanceOf(QueueFull);
            expect(error.message).toMatch(
              /^the memory of the queue .*\(maxBytes 65536\): .* raise maxBytes$/,
            );
          },
        );
        expect([queue.qsize(), queue.full()]).toEqual([accepted, false]);
      },
    );

    it('QueueFull names maxsize again once that is what is reached', async () => {
      const queue = kind.create(3, { maxBytes: 65_536 });
      const big = () => [1, new Uint8Array(60_000)];
      queue.put(big());
      expect((await errorOf(() => queue.putNowait(big()))).message).toContain('maxBytes 65536');
      queue.get();
      queue.taskDone();
      queue.putMany([1, 2, 3]);
      await each(
        {
          putNowait: () => queue.putNowait(4),
          putAsync: () => queue.putAsync(4, { timeout: 2 }),
        },
        (error) => expect(error.message).toMatch(/full.*\(maxsize 3\)$/),
      );
    });
  });

  it('QueueShutDown from every verb, and what a batch got in', async () => {
    const queue = kind.create();
    queue.shutdown();
    await each(
      {
        ...putForms(queue, 1),
        get: () => queue.get(),
        getNowait: () => queue.getNowait(),
        getAsync: () => queue.getAsync(),
        getMany: () => queue.getMany(3),
        getManyAsync: () => queue.getManyAsync(3),
      },
      (error) => {
        expect(error).toBeInstanceOf(QueueShutDown);
        expect(error).toMatchObject({ name: 'QueueShutDown', code: 'QUEUE_SHUT_DOWN', accepted: 0 });
      },
    );
    const bounded = kind.create(2);
    const pending = bounded.putManyAsync([1, 2, 3]);
    bounded.shutdown();
    expect(await errorOf(() => pending)).toMatchObject({ code: 'QUEUE_SHUT_DOWN', accepted: 2 });
  });

  it('QueueTimeout tells the timeout and what is unfinished', async () => {
    const queue = kind.create();
    queue.putMany([1, 2]);
    queue.get();
    await each(
      {
        join: () => queue.join({ timeout: 2 }),
        joinAsync: () => queue.joinAsync({ timeout: 2 }),
      },
      (error) => {
        expect(error).toBeInstanceOf(QueueTimeout);
        expect(error).toMatchObject({
          name: 'QueueTimeout',
          code: 'QUEUE_TIMEOUT',
          timeout: 2,
          unfinished: 2,
        });
        expect(error.message).toMatch(/2 items.*2 ms/);
      },
    );
    expect(await errorOf(() => queue.join({ timeout: 0 }))).toBeInstanceOf(QueueTimeout);
  });

  it('taskDone too often is a RangeError with both counts, and nothing changes', async () => {
    const queue = kind.create();
    queue.putMany([1, 2, 3]);
    queue.getMany(3);
    const error = await errorOf(() => queue.taskDone(4));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/taskDone\(4\).*3 items/);
    expect(queue.unfinishedTasks).toBe(3);
    queue.taskDone(3);
    expect(() => queue.taskDone()).toThrow(RangeError);
    expect(queue.unfinishedTasks).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])('taskDone(%s) is a RangeError that shows it', (count) => {
    const queue = kind.create();
    queue.put(1);
    expect(() => queue.taskDone(count)).toThrow(RangeError);
    expect(() => queue.taskDone(count)).toThrow(String(count));
    expect(queue.unfinishedTasks).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN])('getMany(%s) is a RangeError that shows it', async (max) => {
    const queue = kind.create();
    queue.put(1);
    await each(
      { getMany: () => queue.getMany(max), getManyAsync: () => queue.getManyAsync(max) },
      (error) => {
        expect(error).toBeInstanceOf(RangeError);
        expect(error.message).toContain(`${max}`);
      },
    );
    expect(queue.qsize()).toBe(1);
  });

  it('an item that can never fit is a RangeError with both sizes, and the queue is unchanged', async () => {
    const queue = kind.create(0, { maxBytes: 65_536 });
    queue.put(1);
    const before = queue.stats();
    await each(putForms(queue, [1, new Uint8Array(70_000)]), (error) => {
      expect(error).toBeInstanceOf(RangeError);
      const sizes = [...error.message.matchAll(/(\d+) bytes/g)].map((match) => Number(match[1]));
      expect(sizes[0]).toBeGreaterThanOrEqual(70_000);
      expect(sizes[1]).toBeGreaterThan(60_000);
      expect(sizes[1]).toBeLessThanOrEqual(65_536);
      expect(error.message).toContain('maxBytes 65536');
    });
    expect(queue.stats()).toEqual(before);
    expect(queue.get()).toBe(1);
  });

  it('an item of the largest size that the message tells does fit', async () => {
    const queue = kind.create(0, { maxBytes: 65_536, codec: 'bytes' } as never);
    if (kind.name === 'PriorityQueue') return;
    const error = await errorOf(() => queue.put(new Uint8Array(70_000)));
    const most = Number(/up to (\d+) bytes/.exec(error.message)![1]);
    queue.put(new Uint8Array(most));
    expect(queue.get()).toHaveLength(most);
    expect(() => queue.put(new Uint8Array(most + 1))).toThrow(RangeError);
  });

  describe('creation', () => {
    it.each<[unknown, string]>([
      ['3', 'the string "3"'],
      [null, 'null'],
      [Number.NaN, 'the number NaN'],
      [{}, 'an Object'],
      [true, 'the boolean true'],
    ])('maxsize %s is refused and shown', (maxsize, shown) => {
      expect(() => kind.create(maxsize as number)).toThrow(TypeError);
      expect(() => kind.create(maxsize as number)).toThrow(`not ${shown}`);
    });

    it.each([1.5, 2 ** 31])('maxsize %s is a RangeError that shows it', (maxsize) => {
      expect(() => kind.create(maxsize)).toThrow(RangeError);
      expect(() => kind.create(maxsize)).toThrow(`0 for no bound, not ${maxsize}`);
    });

    it.each([0, -1, -3.5, Infinity, undefined])('maxsize %s is no bound, as in CPython', (maxsize) => {
      const queue = kind.create(maxsize);
      expect(queue.maxsize).toBe(0);
      expect(queue.full()).toBe(false);
    });

    it('a bad maxsize later leaves the old one', () => {
      const queue = kind.create(3);
      expect(() => {
        queue.maxsize = Number.NaN;
      }).toThrow(TypeError);
      expect(queue.maxsize).toBe(3);
    });

    it.each([0, -1, 1.5, Number.NaN, 2 ** 40])('maxBytes %s is a RangeError that shows it', (maxBytes) => {
      expect(() => kind.create(0, { maxBytes })).toThrow(RangeError);
      expect(() => kind.create(0, { maxBytes })).toThrow(`maxBytes must be a whole number`);
      expect(() => kind.create(0, { maxBytes })).toThrow(String(maxBytes));
    });

    it('maxBytes of another type is a TypeError', () => {
      expect(() => kind.create(0, { maxBytes: '64MB' as never })).toThrow(TypeError);
    });

    it.each([0, -1, 2.5, Number.NaN])('maxDeliveries %s is a RangeError that shows it', (maxDeliveries) => {
      expect(() => kind.create(0, { redeliver: true, maxDeliveries })).toThrow(RangeError);
      expect(() => kind.create(0, { redeliver: true, maxDeliveries })).toThrow(String(maxDeliveries));
    });

    it.each(['msgpack', 7, {}, { encode() {} }, null])(
      'codec %j is a TypeError that lists the choices',
      (codec) => {
        expect(() => kind.create(0, { codec: codec as never })).toThrow(TypeError);
        expect(() => kind.create(0, { codec: codec as never })).toThrow(/'any'.*'int32'.*encode/);
      },
    );
  });
});

describe('attaching', () => {
  const queue = new Queue<unknown>();

  it.each([undefined, null, 42, 'handle', {}, new SharedArrayBuffer(8)])('to %s is a TypeError', (bad) => {
    expect(() => Queue.from(bad as never)).toThrow(TypeError);
    expect(() => Queue.from(bad as never)).toThrow(/\.handle/);
  });

  it('to a queue itself, or one of another class, names what it got', () => {
    expect(() => Queue.from(queue as never)).toThrow(TypeError);
    expect(() => SimpleQueue.from(queue.handle)).toThrow(/@pkg\/queue\.SimpleQueue.*@pkg\/queue\.Queue/);
    expect(() => Queue.from(new SimpleQueue().handle)).toThrow(
      /@pkg\/queue\.Queue.*@pkg\/queue\.SimpleQueue/,
    );
  });

  it('with another codec than the queue has names both', () => {
    const handle = new Queue<number>(0, { codec: 'int32' }).handle as QueueHandle<unknown>;
    expect(() => Queue.from(handle, { codec: 'json' })).toThrow(/'int32'.*'json'/);
  });

  it.each(['mine', 'json'])("without the user's codec says to pass it, even if it is called %s", (name) => {
    const codec = { name, encode: () => new Uint8Array(1), decode: () => 1 };
    const { handle } = new Queue(0, { codec });
    expect(() => Queue.from(handle)).toThrow(TypeError);
    expect(() => Queue.from(handle)).toThrow(`'${name}': pass it to from(handle, { codec })`);
    expect(() => Queue.from(handle, { codec: 'json' })).toThrow(/must use the same/);
    expect(Queue.from(handle, { codec }).empty()).toBe(true);
  });
});

describe('built-in codecs refuse what they do not carry, and the queue is unchanged', () => {
  it.each([
    ['int32', 1.5],
    ['int32', 2 ** 31],
    ['int32', '1'],
    ['float64', '1'],
    ['bytes', [1, 2]],
    ['json', 1n],
    ['json', { f() {} }],
  ] as const)('%s: %s', async (codec, item) => {
    const queue = new Queue<unknown>(0, { codec: codec as never });
    const error = await errorOf(() => queue.put(item));
    expect(error).toBeInstanceOf(QueueCodecError);
    expect(queue.qsize()).toBe(0);
  });

  it('an encode that returns no bytes', async () => {
    const queue = new Queue<unknown>(0, { codec: { encode: () => 'text' as never, decode: () => 1 } });
    const error = await errorOf(() => queue.put(1));
    expect(error).toBeInstanceOf(QueueCodecError);
    expect(error.message).toContain('Uint8Array');
    expect(queue.qsize()).toBe(0);
  });

  it('an error of a codec is the cause', async () => {
    const cause = new Error('inner');
    const fail = () => {
      throw cause;
    };
    const queue = new Queue<unknown>(0, { codec: { name: 'mine', encode: fail, decode: fail } });
    const error = await errorOf(() => queue.put(1));
    expect(error).toMatchObject({ code: 'QUEUE_CODEC', cause });
    expect(error.message).toMatch(/mine.*inner/);
  });
});

it('the codes are these, for ever', () => {
  expect(new QueueEmpty(0).code).toBe('QUEUE_EMPTY');
  expect(new QueueFull(0, 0, 1, 1).code).toBe('QUEUE_FULL');
  expect(new QueueShutDown().code).toBe('QUEUE_SHUT_DOWN');
  expect(new QueueTimeout(1, 1).code).toBe('QUEUE_TIMEOUT');
  expect(new QueueCodecError('').code).toBe('QUEUE_CODEC');
  expect(BlockingForbidden).toBeTypeOf('function');
});

it('a SimpleQueue whose memory is in use says so', async () => {
  const queue = new SimpleQueue<unknown>({ maxBytes: 65_536 });
  const error = await errorOf(() => {
    for (;;) queue.putNowait(new Uint8Array(30_000));
  });
  expect(error).toBeInstanceOf(QueueFull);
  expect(error.message).toMatch(/^the memory of the queue is in use \(maxBytes 65536\): take items out/);
});
