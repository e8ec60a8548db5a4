import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue, QueueCodecError, QueueShutDown, SimpleQueue } from './index.ts';

const PAGE = 2 ** 16;

describe.each<typeof Queue>([Queue, LifoQueue as never, PriorityQueue as never])(
  'an item that cannot be put into a %o',
  (Kind) => {
    const make = () =>
      new Kind<unknown>(0, { maxBytes: PAGE, ...(Kind === PriorityQueue ? { priority: () => 1 } : {}) });

    const items: [string, unknown, unknown][] = [
      ['no codec carries', () => 1, QueueCodecError],
      ['can never fit', new Uint8Array(16 * PAGE), RangeError],
    ];

    it.each(items)(
      'as it %s is refused for that, and after a shutdown for the shutdown',
      async (_, item, Class) => {
        const queue = make();
        const verbs: (() => unknown)[] = [
          () => queue.put(item),
          () => queue.putNowait(item),
          () => queue.putMany([1, item]),
          () => queue.putAsync(item),
          () => queue.putManyAsync([1, item]),
        ];
        const outcome = async (verb: () => unknown) => {
          try {
            return await verb();
          } catch (error) {
            return error;
          }
        };
        for (const verb of verbs) expect(await outcome(verb)).toBeInstanceOf(Class);
        queue.shutdown();
        for (const verb of verbs) {
          const error = await outcome(verb);
          expect(error).toBeInstanceOf(QueueShutDown);
          expect(error).toMatchObject({ accepted: 0 });
        }
        expect(queue.qsize()).toBe(0);
      },
    );
  },
);

describe.each<typeof Queue>([Queue, LifoQueue as never, PriorityQueue as never])(
  'a batch without items, put into a %o',
  (Kind) => {
    it('waits for no place, and is refused after a shutdown', async () => {
      const queue = new Kind<number>(1);
      queue.put(1);
      queue.putMany([]);
      await queue.putManyAsync([]);
      queue.shutdown();
      expect(() => queue.putMany([])).toThrow(QueueShutDown);
      await expect(queue.putManyAsync([])).rejects.toThrow(QueueShutDown);
      expect(queue.qsize()).toBe(1);
    });
  },
);

/** Of memory that nobody has touched, which costs nothing; undefined where the engine has no arrays so long. */
function untouched(bytes: number): Uint8Array | undefined {
  try {
    return new Uint8Array(bytes);
  } catch {
    return undefined;
  }
}

describe('an item longer than 32 bits can tell', () => {
  const huge = untouched(2 ** 32);
  const nearly = untouched(2 ** 32 - 8);

  const codecs = {
    bytes: 'bytes',
    any: 'any',
    "a user's": { encode: (bytes: Uint8Array) => bytes, decode: (bytes: Uint8Array) => bytes },
  } as const;

  const verbs = (queue: Queue<unknown>, item: unknown): Record<string, () => unknown> => ({
    put: () => queue.put(item),
    putNowait: () => queue.putNowait(item),
    putAsync: () => queue.putAsync(item),
    putMany: () => queue.putMany([new Uint8Array(1), item]),
    putManyAsync: () => queue.putManyAsync([new Uint8Array(1), item]),
  });

  async function refuse(queue: Queue<unknown>, item: unknown, says: RegExp): Promise<void> {
    const before = queue.stats();
    for (const [name, verb] of Object.entries(verbs(queue, item))) {
      const error = await Promise.resolve()
        .then(verb)
        .catch((thrown: unknown) => thrown);
      expect([name, error]).toEqual([name, expect.any(RangeError)]);
      expect((error as Error).message).toMatch(says);
    }
    expect(queue.stats()).toEqual(before);
  }

  const least = process.memoryUsage().rss;

  it.skipIf(huge === undefined || nearly === undefined).each(Object.keys(codecs))(
    'is refused as one that can never fit, by the codec %s',
    async (name) => {
      const codec = codecs[name as keyof typeof codecs] as 'bytes';
      for (const redeliver of [false, true]) {
        const queue = new Queue<unknown>(0, { codec, redeliver, maxBytes: PAGE });
        await refuse(
          queue,
          huge,
          /^an item of 42949\d{5} bytes can never fit .* up to 65\d{3} bytes \(maxBytes 65536\)/,
        );
        await refuse(queue, nearly, /^an item of 42949\d{5} bytes can never fit .* up to 65\d{3} bytes/);
        queue.put(new Uint8Array(3));
        expect(queue.get()).toHaveLength(3);
      }
    },
  );

  it.skipIf(huge === undefined)('is refused before it is copied, wherever the bytes lie in it', async () => {
    for (const Kind of [Queue, LifoQueue]) {
      const queue = new Kind<unknown>(0, { maxBytes: 2 ** 30 });
      const says = /^an item of at least 42949\d{5} bytes can never fit .* \(maxBytes 1073741824\)/;
      await refuse(queue, [huge, 1], says);
      await refuse(queue, { big: huge, more: 'text' }, says);
      await refuse(queue, new Map([[huge, { field: 1 }]]), says);
      // What went before leaves nothing behind.
      await refuse(queue, [huge, () => 1], says);
      queue.put([new Uint8Array(70_000), 1]);
      expect(queue.get()).toHaveLength(2);
    }
    expect(process.memoryUsage().rss - least).toBeLessThan(2 ** 30);
  });
});

describe('an item with a big blob in its middle', () => {
  it('is measured by itself, and not with the batch before it', () => {
    const queue = new Queue<unknown>(0, { maxBytes: 4 * PAGE });
    const bytes = () => new Uint8Array(2.5 * PAGE);
    for (const item of [1, [bytes(), 1], 2, ['x', bytes(), 'y']]) {
      queue.putMany([item], { timeout: 0 });
      expect(queue.getMany(2, { timeout: 0 })).toHaveLength(1);
    }
    const batch = Array.from({ length: 3 }, (_, i) => [bytes(), i]);
    expect(() => queue.putMany(batch, { timeout: 0 })).toThrow(expect.objectContaining({ accepted: 1 }));
    expect((queue.getNowait() as unknown[])[1]).toBe(0);
    const tooLarge = [1, [new Uint8Array(4 * PAGE), 1]];
    expect(() => queue.putMany(tooLarge, { timeout: 0 })).toThrow(
      /^an item of at least 2621\d\d bytes can never fit .* \(the item at index 1 of the batch\)$/,
    );
    expect(() => queue.putMany([1, 2, new Uint8Array(4 * PAGE)])).toThrow(
      /\(the item at index 2 of the batch\)$/,
    );
    expect(() => queue.put(new Uint8Array(4 * PAGE))).toThrow(
      /^an item of 2621\d\d bytes .* split the item$/,
    );
    queue.put(['x', bytes(), 'y'], { timeout: 0 });
  });
});

const errorOf = async (verb: () => unknown): Promise<unknown> => {
  try {
    return await verb();
  } catch (error) {
    return error;
  }
};

describe('a batch', () => {
  it('with an item that cannot be carried names it, and only a batch does', async () => {
    const queue = new Queue<unknown>();
    const jobs = Array.from({ length: 10 }, (_, id) => ({ id, done: id === 7 ? () => {} : undefined }));
    const errors = [
      await errorOf(async () => queue.putMany(jobs)),
      await errorOf(() => queue.putManyAsync(jobs)),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({ path: 'item.done', index: 7 });
      expect((error as Error).message).toContain('(the item at index 7 of the batch)');
    }
    const single = [
      await errorOf(async () => queue.put(jobs[7])),
      await errorOf(() => queue.putAsync(jobs[7])),
    ];
    for (const error of single) {
      expect(error).toMatchObject({ path: 'item.done', index: undefined });
      expect((error as Error).message).not.toContain('batch');
    }
    expect(queue.qsize()).toBe(0);
  });

  it.each<[unknown, string]>([
    [5, 'the number 5'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ length: 1, 0: 1 }, 'an Object'],
    [() => [1], 'a function'],
    [{ [Symbol.iterator]: 1 }, 'an Object'],
  ])('that is no iterable, %o, is a TypeError which shows it, and nothing is put', async (items, shown) => {
    for (const queue of [new Queue(), new LifoQueue(), new PriorityQueue(), new SimpleQueue()]) {
      for (const verb of ['putMany', 'putManyAsync'] as const) {
        const error = await errorOf(() => queue[verb](items as never));
        expect(error).toEqual(
          new TypeError(
            `${verb} takes an iterable of items, such as an array, not ${shown}: put takes a single item`,
          ),
        );
      }
      expect(queue.stats().puts).toBe(0);
      if (queue instanceof SimpleQueue) continue;
      queue.shutdown();
      expect(await errorOf(() => queue.putMany(items as never))).toBeInstanceOf(QueueShutDown);
      expect(await errorOf(() => queue.putManyAsync(items as never))).toBeInstanceOf(QueueShutDown);
    }
  });

  it('may be a string, which is its characters, or anything else with an iterator', () => {
    const queue = new Queue<unknown>();
    queue.putMany('aé');
    queue.putMany(new Map([[1, 2]]));
    queue.putMany(
      Object.assign(() => {}, {
        *[Symbol.iterator]() {
          yield 3;
        },
      }) as never,
    );
    expect(queue.getMany(9)).toEqual(['a', 'é', [1, 2], 3]);
  });

  it('is taken as far as it lies together, 64 KiB at the most, from the first one on', () => {
    const queue = new Queue<string>();
    const items = Array.from({ length: 100 }, (_, i) => `${i} `.padEnd(600, '.'));
    queue.putMany(items);
    const taken = queue.getMany(100);
    expect(taken.length).toBeGreaterThan(40);
    while (!queue.empty()) taken.push(...queue.getMany(100));
    expect(taken).toEqual(items);
  });
});
