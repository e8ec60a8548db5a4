import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue, SimpleQueue } from './index.ts';
import type { SharedQueue } from './shared-queue.ts';
import { TaskQueue } from './task-queue.ts';

const KINDS: [string, () => SharedQueue<number>][] = [
  ['Queue', () => new Queue()],
  ['LifoQueue', () => new LifoQueue()],
  ['PriorityQueue', () => new PriorityQueue()],
  ['SimpleQueue', () => new SimpleQueue()],
];

const outcome = async (verb: () => unknown): Promise<unknown> => {
  try {
    return await verb();
  } catch (error) {
    return error;
  }
};

/** Every verb with `options`, by its name; the get verbs find two items. */
const verbs = (queue: SharedQueue<number>, options: never): Record<string, () => unknown> => ({
  put: () => queue.put(1, options),
  putAsync: () => queue.putAsync(1, options),
  putMany: () => queue.putMany([1], options),
  putManyAsync: () => queue.putManyAsync([1], options),
  get: () => queue.get(options),
  getAsync: () => queue.getAsync(options),
  getMany: () => queue.getMany(1, options),
  getManyAsync: () => queue.getManyAsync(1, options),
  ...(queue instanceof TaskQueue && {
    join: () => queue.join(options),
    joinAsync: () => queue.joinAsync(options),
  }),
});

describe.each(KINDS)('a %s', (_, make) => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [500, 'the number 500'],
    ['500', 'the string "500"'],
    [true, 'the boolean true'],
    [() => 500, 'a function'],
  ])(
    'takes no options that are %o: a TypeError of every verb, and nothing changes',
    async (options, shown) => {
      const queue = make();
      queue.putMany([1, 2]);
      for (const [name, verb] of Object.entries(verbs(queue, options as never))) {
        const error = await outcome(verb);
        expect([name, error]).toEqual([name, expect.any(TypeError)]);
        expect((error as Error).message).toBe(
          `options must be an object, such as { timeout: 1000 }, not ${shown}`,
        );
      }
      expect(queue.qsize()).toBe(2);
      expect(queue.stats()).toMatchObject({ puts: 2, gets: 0 });
    },
  );

  it.each<[unknown, string]>([
    [{}, 'an Object'],
    [null, 'null'],
    [1, 'the number 1'],
    [{ aborted: false }, 'an Object'],
  ])('takes no signal that is %o', async (signal, shown) => {
    const queue = make();
    queue.putMany([1, 2]);
    const all = verbs(queue, { signal } as never);
    for (const name of Object.keys(all).filter((each) => each.endsWith('Async'))) {
      const error = await outcome(all[name]!);
      expect([name, error]).toEqual([name, expect.any(TypeError)]);
      expect((error as Error).message).toBe(`options.signal must be an AbortSignal, not ${shown}`);
    }
    expect(queue.qsize()).toBe(2);
  });

  it('takes options that are empty, or left out as a whole', async () => {
    const queue = make();
    for (const options of [{}, undefined, { timeout: undefined, signal: undefined }]) {
      queue.put(1, options);
      await queue.putAsync(2, options);
      expect(queue.get(options) + (await queue.getAsync(options))).toBe(3);
    }
  });

  it('looks at a bad timeout after the shutdown, as CPython does', async () => {
    const queue = make();
    if (!(queue instanceof TaskQueue)) return;
    queue.put(1);
    queue.shutdown();
    for (const timeout of [-1, Number.NaN, '10' as never]) {
      const all = verbs(queue, { timeout } as never);
      for (const [name, verb] of Object.entries(all)) {
        const error = await outcome(verb);
        // There is an item to get, so only puts are shut out.
        const code = name.startsWith('put') ? 'QUEUE_SHUT_DOWN' : undefined;
        expect([name, (error as { code?: string }).code]).toEqual([name, code]);
        if (code === undefined)
          expect(error).toBeInstanceOf(typeof timeout === 'string' ? TypeError : RangeError);
      }
    }
    queue.get();
    for (const timeout of [-1, Number.NaN, '10' as never]) {
      const { join: _join, joinAsync: _joinAsync, ...all } = verbs(queue, { timeout } as never);
      for (const [name, verb] of Object.entries(all)) {
        const error = await outcome(verb);
        expect([name, (error as { code?: string }).code]).toEqual([name, 'QUEUE_SHUT_DOWN']);
      }
    }
  });
});

describe('a shutdown', () => {
  it.each<[unknown, string]>([
    [true, 'options must be an object, such as { immediate: true }, not the boolean true'],
    [null, 'options must be an object, such as { immediate: true }, not null'],
    [{ immediate: 1 }, 'options.immediate must be true or false, not the number 1'],
    [{ immediate: 'yes' }, 'options.immediate must be true or false, not the string "yes"'],
    [{ immediate: null }, 'options.immediate must be true or false, not null'],
  ])('with %o is a TypeError, and none', (options, message) => {
    for (const [, make] of KINDS) {
      const queue = make();
      if (!(queue instanceof TaskQueue)) continue;
      queue.put(1);
      expect(() => queue.shutdown(options as never)).toThrow(new TypeError(message));
      expect([queue.isShutDown, queue.qsize()]).toEqual([false, 1]);
    }
  });

  it('drops what is queued exactly if it is to', () => {
    for (const [options, left] of [
      [undefined, 1],
      [{}, 1],
      [{ immediate: undefined }, 1],
      [{ immediate: false }, 1],
      [{ immediate: true }, 0],
    ] as const) {
      const queue = new Queue<number>();
      queue.put(1);
      queue.shutdown(options as { immediate?: boolean } | undefined);
      expect([queue.isShutDown, queue.qsize()]).toEqual([true, left]);
    }
  });
});

describe('creation', () => {
  const create: [string, (options: never) => unknown][] = [
    ['Queue', (options) => new Queue(0, options)],
    ['LifoQueue', (options) => new LifoQueue(0, options)],
    ['PriorityQueue', (options) => new PriorityQueue(0, options)],
    ['SimpleQueue', (options) => new SimpleQueue(options)],
  ];

  it.each(create)('of a %s takes no options that are none', (_, make) => {
    for (const [options, shown] of [
      [5, 'the number 5'],
      ['x', 'the string "x"'],
      [null, 'null'],
      [false, 'the boolean false'],
    ] as const) {
      expect(() => make(options as never)).toThrow(
        new TypeError(`options must be an object, such as { maxBytes: 1048576 }, not ${shown}`),
      );
    }
  });

  it.each(create.slice(0, 3))('of a %s takes no redeliver that is neither true nor false', (_, make) => {
    expect(() => make({ redeliver: 'false' } as never)).toThrow(
      new TypeError('options.redeliver must be true or false, not the string "false"'),
    );
    expect(() => make({ redeliver: undefined } as never)).not.toThrow();
  });

  it.each(create)('of a %s takes null for no option', (name, make) => {
    const options = ['maxBytes', 'maxDeliveries', 'redeliver', 'codec'];
    if (name === 'PriorityQueue') options.push('priority');
    for (const option of options) {
      expect(() => make({ [option]: null } as never)).toThrow(TypeError);
      expect(() => make({ [option]: null } as never)).toThrow(
        new RegExp(`^options\\.${option} must be .*, not null\\.?$`),
      );
      expect(() => make({ [option]: undefined } as never)).not.toThrow();
    }
  });
});

describe('attaching', () => {
  const attach: [string, SharedQueue<number>, (handle: never, options?: never) => unknown][] = [
    ['Queue', new Queue<number>(), Queue.from],
    ['LifoQueue', new LifoQueue<number>(), LifoQueue.from],
    ['PriorityQueue', new PriorityQueue<number>(), PriorityQueue.from as never],
    ['SimpleQueue', new SimpleQueue<number>(), SimpleQueue.from],
  ];

  it.each(attach)('to a %s by a handle whose parts are wrong names the part', (_, queue, from) => {
    const { handle } = queue;
    for (const [part, value, shown] of [
      ['memory', {}, "must be a queue's SharedArrayBuffer, not an Object"],
      ['memory', undefined, 'not undefined'],
      ['memory', new ArrayBuffer(8192), 'not an ArrayBuffer'],
      ['memory', new SharedArrayBuffer(7), 'not any other SharedArrayBuffer, of 7 bytes'],
      ['memory', new SharedArrayBuffer(2 ** 20), 'not any other SharedArrayBuffer, of 1048576 bytes'],
      ['memory', handle.threads, 'not any other SharedArrayBuffer'],
      ['threads', {}, 'must be the SharedArrayBuffer of a table of threads, not an Object'],
      ['threads', null, 'not null'],
      ['codec', undefined, 'must be the name of a codec, not undefined'],
    ] as const) {
      const bad = { ...handle, [part]: value } as never;
      expect(() => from(bad)).toThrow(TypeError);
      expect(() => from(bad)).toThrow(`the ${part} of a '`);
      expect(() => from(bad)).toThrow(shown);
    }
    expect(() => from({ ...handle, threads: handle.memory } as never)).toThrow(TypeError);
    queue.put(1);
    expect((from(handle as never) as SharedQueue<number>).get()).toBe(1);
  });

  it.each(attach)('to a %s takes null for no codec', (_, { handle }, from) => {
    for (const given of [handle, { ...handle, codec: 'user:custom' }]) {
      expect(() => from(given as never, { codec: null } as never)).toThrow(TypeError);
      expect(() => from(given as never, { codec: null } as never)).toThrow(
        /^options\.codec must be .*, not null\.$/,
      );
    }
    expect(() => from(handle as never, { codec: undefined } as never)).not.toThrow();
  });

  it('to a PriorityQueue takes null for no priority', () => {
    const { handle } = new PriorityQueue<number>();
    for (const given of [handle, { ...handle, ownPriority: true }]) {
      expect(() => PriorityQueue.from(given, { priority: null } as never)).toThrow(
        new TypeError('options.priority must be a function from an item to a number, not null'),
      );
    }
  });

  it.each(attach)('to a %s takes no options that are none', (_, { handle }, from) => {
    for (const options of [null, 'int32', 5]) {
      expect(() => from(handle as never, options as never)).toThrow(TypeError);
      expect(() => from(handle as never, options as never)).toThrow(
        'options must be an object, such as { codec }',
      );
    }
  });
});
