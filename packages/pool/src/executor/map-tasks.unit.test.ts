import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../test/fixtures/rejection-of.ts';
import { type MapOptions, mapTasks } from './map-tasks.ts';
import { Task } from './task.ts';
import { TaskStream } from './task-stream.ts';

/** Tasks by their items, which the test ends as it likes. */
class Desk {
  readonly begun: string[] = [];
  readonly cancelled: string[] = [];
  readonly #resolve = new Map<string, (value: string) => void>();
  readonly #reject = new Map<string, (error: unknown) => void>();

  readonly begin = (item: string): Task<string> => {
    this.begun.push(item);
    const task = new Task<string>((resolve, reject) => {
      this.#resolve.set(item, resolve);
      this.#reject.set(item, reject);
    });
    task.cancel = () => {
      this.cancelled.push(item);
      this.fail(item, new Error('cancelled'));
    };
    return task;
  };

  done = (item: string): void => this.#resolve.get(item)!(`done ${item}`);
  fail = (item: string, error: unknown): void => this.#reject.get(item)!(error);

  map(source: Iterable<string> | AsyncIterable<string>, options: Partial<MapOptions> = {}) {
    return mapTasks(source, this.begin, { concurrency: 4, ...options } as MapOptions & {
      concurrency: number;
    });
  }
}

/** A source that answers when the test says so. */
class Source implements AsyncIterable<string>, AsyncIterator<string> {
  asked = 0;
  pending = 0;
  returned = 0;
  #settle!: { resolve(step: IteratorResult<string>): void; reject(error: unknown): void };

  [Symbol.asyncIterator] = () => this;
  next = () => {
    this.asked++;
    this.pending++;
    return new Promise<IteratorResult<string>>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  };
  return = (): Promise<IteratorResult<string>> => {
    this.returned++;
    return Promise.resolve({ done: true, value: undefined });
  };
  async give(value: string): Promise<void> {
    this.pending--;
    this.#settle.resolve({ done: false, value });
    await turn();
  }
  async finish(): Promise<void> {
    this.pending--;
    this.#settle.resolve({ done: true, value: undefined });
    await turn();
  }
  async fail(error: unknown): Promise<void> {
    this.pending--;
    this.#settle.reject(error);
    await turn();
  }
}

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const each of items) all.push(each);
  return all;
};

/** An iterator, which is its own source, by its methods. */
const iterable = (methods: object): Iterable<string> =>
  Object.assign(methods, { [Symbol.iterator]: () => methods }) as never;

describe('while the source is pending', () => {
  it.each([true, false])('a result is yielded as soon as it is there (ordered: %s)', async (ordered) => {
    const [desk, source] = [new Desk(), new Source()];
    const results = desk.map(source, { ordered });
    const first = results.next();
    await source.give('a');
    desk.done('a');
    expect(await first).toEqual({ done: false, value: 'done a' });
    const second = results.next();
    await source.give('b');
    desk.done('b');
    expect(await second).toEqual({ done: false, value: 'done b' });
    const third = results.next();
    await source.finish();
    expect(await third).toEqual({ done: true, value: undefined });
    expect(source.returned).toBe(0);
  });

  it('its next() is kept across results: there is one at the most', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const results = desk.map(source);
    for (const item of ['a', 'b', 'c']) {
      const next = results.next();
      await turn();
      expect([source.pending, source.asked]).toEqual([1, desk.begun.length + 1]);
      await source.give(item);
      desk.done(item);
      await next;
      expect(source.pending).toBe(1);
    }
  });

  it('a task that fails ends the iteration, and what else is under way is cancelled', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const next = desk.map(source, { ordered: false }).next();
    await source.give('a');
    await source.give('b');
    const error = new Error('why');
    desk.fail('a', error);
    expect(await rejectionOf(next)).toBe(error);
    expect(desk.cancelled).toEqual(['b']);
    expect(source.returned).toBe(1);
  });

  it('an abort ends it with the reason, though next() and return() never settle', async () => {
    const [desk, source] = [new Desk(), new Source()];
    source.return = () => {
      source.returned++;
      return new Promise(() => {});
    };
    const controller = new AbortController();
    const next = desk.map(source, { signal: controller.signal }).next();
    await source.give('a');
    controller.abort('enough');
    expect(desk.cancelled).toEqual(['a']);
    expect(await rejectionOf(next)).toBe('enough');
    expect(source.returned).toBe(1);
    await source.give('too late');
    expect(desk.begun).toEqual(['a']);
  });

  it('return() ends it, and so the next() that waits', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const results = desk.map(source);
    const next = results.next();
    await source.give('a');
    const left = results.return();
    expect(desk.cancelled).toEqual(['a']);
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await left).toEqual({ done: true, value: undefined });
    expect(source.returned).toBe(1);
  });

  it('throw() ends it, and so the next() that waits', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const results = desk.map(source);
    const next = results.next();
    await source.give('a');
    const error = new Error('of the consumer');
    const thrown = rejectionOf(results.throw(error));
    expect(desk.cancelled).toEqual(['a']);
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await thrown).toBe(error);
    expect(source.returned).toBe(1);
  });

  it('a source may need a result for its next item', async () => {
    const desk = new Desk();
    let release!: (item: string) => void;
    async function* dependent() {
      yield 'a';
      yield await new Promise<string>((resolve) => {
        release = resolve;
      });
    }
    const seen: string[] = [];
    const results = desk.map(dependent());
    const first = results.next();
    await turn();
    desk.done('a');
    seen.push((await first).value as string);
    release('b');
    const second = results.next();
    await turn();
    desk.done('b');
    seen.push((await second).value as string);
    expect(seen).toEqual(['done a', 'done b']);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });
});

describe('the window', () => {
  it('goes on being filled while the consumer is busy, and holds what the consumer has not asked past', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const results = desk.map(source, { concurrency: 3 });
    const first = results.next();
    await source.give('a');
    desk.done('a');
    await first;
    await source.give('b');
    await source.give('c');
    expect(desk.begun).toEqual(['a', 'b', 'c']);
    expect(source.pending).toBe(0);
    const second = results.next();
    await turn();
    expect(source.pending).toBe(1);
    desk.done('b');
    await second;
  });

  it('is full of a source that need not be waited for, before the first result is', async () => {
    const desk = new Desk();
    const results = desk.map(['a', 'b', 'c', 'd', 'e'], { concurrency: 4 });
    const first = results.next();
    expect(desk.begun).toEqual(['a', 'b', 'c', 'd']);
    desk.done('a');
    await first;
    expect(desk.begun).toHaveLength(4);
    await results.return();
  });
});

describe('the order', () => {
  it('is that of the items', async () => {
    const desk = new Desk();
    const all = collect(desk.map(['a', 'b', 'c']));
    for (const item of ['c', 'b', 'a']) desk.done(item);
    expect(await all).toEqual(['done a', 'done b', 'done c']);
  });

  it('is that of the ends, if asked', async () => {
    const desk = new Desk();
    const all = collect(desk.map(['a', 'b', 'c'], { ordered: false }));
    for (const item of ['c', 'a', 'b']) desk.done(item);
    expect(await all).toEqual(['done c', 'done a', 'done b']);
  });
});

describe('the source', () => {
  it('may be a string', async () => {
    const desk = new Desk();
    const all = collect(desk.map('abc'));
    for (const item of 'abc') desk.done(item);
    expect(await all).toEqual(['done a', 'done b', 'done c']);
  });

  it.each([undefined, null, 7, {}])('must be iterable, which %o is not', async (source) => {
    await expect(new Desk().map(source as never).next()).rejects.toThrow(
      /^map\(\) takes something iterable, not /,
    );
  });

  it('whose return() throws does not replace the error that ends the iteration', async () => {
    const desk = new Desk();
    const source = iterable({
      next: () => ({ done: false, value: 'a' }),
      return() {
        throw new Error('of return()');
      },
    });
    const next = desk.map(source, { concurrency: 1 }).next();
    desk.fail('a', new Error('of the task'));
    expect(await rejectionOf(next)).toMatchObject({ message: 'of the task' });
  });

  it('whose return() throws makes leaving throw', async () => {
    const desk = new Desk();
    const source = iterable({
      next: () => ({ done: false, value: 'a' }),
      return() {
        throw new Error('of return()');
      },
    });
    const results = desk.map(source, { concurrency: 1 });
    const next = results.next();
    desk.done('a');
    await next;
    expect(await rejectionOf(results.return())).toMatchObject({ message: 'of return()' });
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('of next()');
      },
    ],
    ['is done', () => ({ done: true, value: undefined })],
    ['gives no iterator result', () => 7],
    [
      'gives what cannot be read',
      () => ({
        done: false,
        get value() {
          throw new TypeError('of value');
        },
      }),
    ],
  ])('is not closed when its next() %s', async (_, next) => {
    let returned = 0;
    const source = iterable({ next, return: () => void returned++ });
    const outcome = await new Desk()
      .map(source)
      .next()
      .catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TypeError);
    else expect(outcome).toEqual({ done: true, value: undefined });
    expect(returned).toBe(0);
  });

  it('is not closed when it rejects, and what is under way is cancelled', async () => {
    const [desk, source] = [new Desk(), new Source()];
    const next = desk.map(source).next();
    await source.give('a');
    const error = new Error('of the source');
    void source.fail(error);
    expect(await rejectionOf(next)).toBe(error);
    expect(desk.cancelled).toEqual(['a']);
    expect(source.returned).toBe(0);
  });

  it('is closed when a task cannot be begun', async () => {
    const source = new Source();
    const error = new Error('no task');
    const begin = () => {
      throw error;
    };
    const rejection = rejectionOf(mapTasks(source, begin, { concurrency: 2 }).next());
    await source.give('a');
    expect(await rejection).toBe(error);
    expect(source.returned).toBe(1);
  });
});

describe('throw()', () => {
  it('closes the source and cancels what is under way also while no next() waits', async () => {
    const desk = new Desk();
    let returned = 0;
    const source = iterable({
      next: () => ({ done: false, value: `item ${desk.begun.length}` }),
      return() {
        returned++;
        throw new Error('of return()');
      },
    });
    const results = desk.map(source, { concurrency: 2 });
    const first = results.next();
    desk.done('item 0');
    await first;
    const error = new Error('of the consumer');
    expect(await rejectionOf(results.throw(error))).toBe(error);
    expect(desk.cancelled).toEqual(['item 1']);
    expect(returned).toBe(1);
  });
});

describe('the signal', () => {
  it('cancels what is under way also while the consumer is busy', async () => {
    const desk = new Desk();
    const controller = new AbortController();
    const results = desk.map(['a', 'b', 'c'], { signal: controller.signal });
    const first = results.next();
    desk.done('a');
    await first;
    controller.abort('enough');
    expect(desk.cancelled).toEqual(['c', 'b']);
    expect(await rejectionOf(results.next())).toBe('enough');
  });

  it('that is aborted already lets nothing begin', async () => {
    const desk = new Desk();
    expect(await rejectionOf(desk.map('abc', { signal: AbortSignal.abort('no') }).next())).toBe('no');
    expect(desk.begun).toEqual([]);
  });
});

describe('results that are streams', () => {
  it.each([
    [true, 'left'],
    [false, 'left'],
    [true, 'aborted'],
    [false, 'aborted'],
  ] as const)('are left, if the consumer never gets them (ordered: %s, %s)', async (ordered, how) => {
    const left: string[] = [];
    const never = new Task<TaskStream>(() => {});
    never.cancel = () => {};
    const begin = (item: string): Task<TaskStream> => {
      if (item === 'pending') return never;
      const stream = new TaskStream(
        () => {},
        () => left.push(item),
      );
      return new Task((resolve) => resolve(stream));
    };
    const controller = new AbortController();
    const items = ['first', 'second', 'pending', 'last'];
    const results = mapTasks(items, begin, { concurrency: 4, ordered, signal: controller.signal });
    await results.next();
    await turn();
    if (how === 'left') await results.return();
    else {
      controller.abort('enough');
      expect(await rejectionOf(results.next())).toBe('enough');
    }
    expect(left).toEqual(['second', 'last']);
  });
});
