import { FROM, revive } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import { QueueCodecError } from './codec/queue-codec-error.ts';
import { PriorityQueue } from './priority-queue.ts';

describe('PriorityQueue', () => {
  it('gives back the lowest first, ties in the order of insertion', () => {
    const queue = new PriorityQueue<[number, string]>();
    queue.putMany([
      [2, 'a'],
      [1, 'b'],
      [2, 'c'],
      [1, 'd'],
    ]);
    queue.put([0.5, 'e']);
    expect(queue.get()).toEqual([0.5, 'e']);
    expect(queue.getMany(9).map(([, name]) => name)).toEqual(['b', 'd', 'a', 'c']);
  });

  it('orders every number there is', () => {
    const numbers = [
      Number.NEGATIVE_INFINITY,
      -Number.MAX_VALUE,
      -(2 ** 32) - 1,
      -1.5,
      -1,
      -Number.MIN_VALUE,
      0,
      Number.MIN_VALUE,
      2 ** -1040,
      1,
      1 + Number.EPSILON,
      2 ** 31,
      2 ** 53,
      Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
    ];
    const queue = new PriorityQueue<number>();
    queue.putMany(numbers.toSorted((a, b) => Math.sin(a * 99) - Math.sin(b * 99) || a - b));
    queue.putMany(numbers.toReversed());
    expect(queue.getMany(99)).toEqual(numbers.flatMap((n) => [n, n]));
  });

  it('takes -0 for 0', () => {
    const queue = new PriorityQueue<[number, string]>();
    queue.putMany([
      [0, 'first'],
      [-0, 'second'],
      [0, 'third'],
    ]);
    expect(queue.getMany(3).map(([, name]) => name)).toEqual(['first', 'second', 'third']);
  });

  it.each([
    ['a string', 'urgent' as unknown, TypeError, /string/],
    ['an array of strings', ['urgent'], TypeError, /"urgent"/],
    ['a bigint', [1n], TypeError, /1n/],
    ['null', null, TypeError, /undefined.*null/],
    ['undefined', undefined, TypeError, /undefined/],
    ['an object', { priority: 1 }, TypeError, /item\[0\]/],
    ['NaN', Number.NaN, RangeError, /NaN/],
    ['an array of NaN', [Number.NaN], RangeError, /NaN/],
  ])('refuses %s as the priority, and is unchanged', (_, item, type, message) => {
    const queue = new PriorityQueue<unknown>();
    queue.put([1]);
    expect(() => queue.put(item)).toThrow(type);
    expect(() => queue.putMany([[0], item])).toThrow(message);
    expect(() => queue.putMany([[0], item])).toThrow(/ \(the item at index 1 of the batch\)$/);
    expect(queue.qsize()).toBe(1);
    expect(queue.get()).toEqual([1]);
    expect(queue.stats().puts).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['a function', () => 1, 'item'],
    ['a symbol', Symbol('x'), 'item'],
    ['a WeakMap', new WeakMap(), 'item'],
    ['a promise', Promise.resolve(1), 'item'],
    ['an array with a function where its priority should be', [() => 1, 'x'], 'item[0]'],
    ['an array with a function behind a wrong priority', ['x', () => 1], 'item[1]'],
    ['an object without priority that holds a function', { done: () => 1 }, 'item.done'],
    ['an array of NaN and a function', [Number.NaN, () => 1], 'item[1]'],
  ])('refuses %s as what cannot be carried, whatever its priority', async (_, item, path) => {
    const queue = new PriorityQueue<unknown>();
    queue.put([1]);
    for (const verb of [
      () => queue.put(item),
      () => queue.putNowait(item),
      () => queue.putAsync(item),
      () => queue.putMany([[0], item]),
      () => queue.putManyAsync([[0], item]),
    ]) {
      const error = await Promise.resolve()
        .then(verb)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(QueueCodecError);
      expect(error).toMatchObject({ path });
    }
    expect(queue.qsize()).toBe(1);
    expect(queue.getMany(9)).toEqual([[1]]);
    const own = new PriorityQueue<unknown>(0, { priority: () => 'none' as never });
    expect(() => own.put(item)).toThrow(QueueCodecError);
    expect(() => own.put([1])).toThrow(TypeError);
  });

  it('encodes an item once', () => {
    let encoded = 0;
    const codec = { encode: () => Uint8Array.of(++encoded), decode: ([n]: Uint8Array) => n! };
    const queue = new PriorityQueue<number>(0, { codec });
    queue.putMany([3, 2, 1]);
    queue.put(0);
    expect(encoded).toBe(4);
  });

  it('asks options.priority', async () => {
    const queue = new PriorityQueue<{ due: number }>(0, { priority: (job) => -job.due });
    queue.put({ due: 1 });
    await queue.putAsync({ due: 2 });
    expect(queue.get()).toEqual({ due: 2 });
    expect(() => queue.put({ due: 'soon' as never })).toThrow(/options\.priority.*NaN|NaN/);
    const failing = new PriorityQueue<number>(0, {
      priority: () => {
        throw new Error('no idea');
      },
    });
    expect(() => failing.put(1)).toThrow('no idea');
    expect(failing.empty()).toBe(true);
    expect(() => new PriorityQueue(0, { priority: 3 as never })).toThrow(/priority.*number 3/);
  });

  it('lets options.priority use the queue itself', () => {
    const queue: PriorityQueue<number> = new PriorityQueue<number>(0, {
      priority: (n) => {
        if (n === 1) queue.put(2);
        return n;
      },
    });
    queue.put(1);
    expect(queue.getMany(3)).toEqual([1, 2]);
  });

  it('needs options.priority anew where it is attached to put, and not to get', () => {
    const priority = (word: string) => word.length;
    const queue = new PriorityQueue<string>(0, { priority });
    queue.putMany(['long', 'a']);
    const handle = structuredClone(queue.handle);
    const getter = PriorityQueue.from<string>(handle);
    expect(() => getter.put('b')).toThrow(/from\(handle, \{ priority \}\)/);
    expect(getter.get()).toBe('a');
    expect(() => PriorityQueue.from<string>(getter.handle).put('b')).toThrow(TypeError);
    expect(revive(handle)).toBeInstanceOf(PriorityQueue);
    expect(() => (PriorityQueue[FROM](handle) as PriorityQueue<string>).put('b')).toThrow(TypeError);
    const putter = PriorityQueue.from<string>(handle, { priority });
    putter.put('bb');
    expect(queue.getMany(2)).toEqual(['bb', 'long']);
    expect(() => PriorityQueue.from(new PriorityQueue<string>().handle, { priority })).toThrow(
      /without options\.priority/,
    );
  });
});
