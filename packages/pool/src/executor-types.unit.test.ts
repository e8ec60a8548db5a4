import type { Readable } from 'node:stream';
import type { BlockingQueue, PriorityQueue, Queue } from '@pkg/queue';
import type { Event, Mutex } from '@pkg/sync';
import { describe, expectTypeOf, it } from 'vitest';
import type { Counter } from '../test/fixtures/counter.ts';
import {
  type Task,
  type TaskItem,
  type TaskName,
  type TaskResult,
  ThreadPoolExecutor,
  type WorkerDiedError,
} from './index.ts';

interface Module {
  add: (a: number, b: number) => number;
  later: (text: string) => Promise<{ length: number }>;
  optional: (limit?: number) => void;
  count: (n: number) => AsyncGenerator<number, string>;
  letters: () => Generator<'a' | 'b'>;
  promisedCount: () => Promise<AsyncGenerator<boolean>>;
  limit: number;
  Thing: new () => object;
}

describe('the types of an executor', () => {
  // Never run: the compiler is the test.
  const check = (executor: ThreadPoolExecutor<Module>) => {
    expectTypeOf<TaskName<Module>>().toEqualTypeOf<
      'add' | 'later' | 'optional' | 'count' | 'letters' | 'promisedCount'
    >();
    expectTypeOf(executor.submit('add', [1, 2])).toEqualTypeOf<Task<number>>();
    expectTypeOf(executor.submit('later', ['x'], { timeout: 5 })).resolves.toEqualTypeOf<{
      length: number;
    }>();
    expectTypeOf(executor.submit('optional')).resolves.toEqualTypeOf<void>();
    expectTypeOf(executor.submit('optional', [3])).resolves.toEqualTypeOf<void>();
    expectTypeOf(executor.submit('count', [3])).resolves.toEqualTypeOf<AsyncIterableIterator<number>>();
    expectTypeOf(executor.submit('promisedCount')).resolves.toEqualTypeOf<AsyncIterableIterator<boolean>>();
    expectTypeOf(executor.submit('letters')[Symbol.asyncIterator]().next()).resolves.toExtend<
      IteratorResult<'a' | 'b'>
    >();
    expectTypeOf<WorkerDiedError['taskName']>().toEqualTypeOf<string | undefined>();
    expectTypeOf(executor.call.add).toEqualTypeOf<(a: number, b: number) => Task<number>>();
    expectTypeOf(executor.submitSync('add', [1, 2])).toEqualTypeOf<number>();
    expectTypeOf(executor.broadcast('later', ['x'])).resolves.toEqualTypeOf<{ length: number }[]>();
    expectTypeOf(executor.map('later', ['x'])).toEqualTypeOf<
      AsyncGenerator<{ length: number }, void, undefined>
    >();
    expectTypeOf(ThreadPoolExecutor.from<Module>(executor.handle)).toEqualTypeOf<
      ThreadPoolExecutor<Module>
    >();
    // @ts-expect-error no such task
    void executor.submit('subtract', [1, 2]);
    // @ts-expect-error not a function
    void executor.submit('limit', []);
    // @ts-expect-error an argument of another type
    void executor.submit('add', [1, '2']);
    // @ts-expect-error an argument is missing
    void executor.submit('add', [1]);
    // @ts-expect-error the arguments are missing
    void executor.submit('add');
    // @ts-expect-error items of another type
    executor.map('later', [1]);
    // @ts-expect-error a task that takes more than an item
    executor.map('add', [1]);
    // @ts-expect-error no such task
    void executor.call.subtract;
  };

  it('follow from the module', () => {
    expectTypeOf(check).toBeFunction();
  });
});

/** A value of the user's that looks like an iterator by chance: each node tells the next. */
interface LinkedNode {
  value: number;
  next(): LinkedNode;
}

interface Results {
  // Generators, by each annotation that the compiler allows.
  asyncGenerator: () => AsyncGenerator<number, string, boolean>;
  asyncIterableIterator: () => AsyncIterableIterator<number>;
  asyncIterable: () => AsyncIterable<number>;
  asyncIterator: () => AsyncIterator<number>;
  generator: () => Generator<number, string, boolean>;
  iterableIterator: () => IterableIterator<number>;
  iterator: () => Iterator<number>;
  promised: () => Promise<IterableIterator<number>>;
  empty: () => Generator<never, void>;
  // What may be a generator and may be none.
  iterable: () => Iterable<number>;
  sometimes: () => string | AsyncGenerator<number>;
  // Other streams.
  readable: () => Readable;
  readableStream: () => ReadableStream<number>;
  // What is no stream.
  nothing: () => void;
  never: () => never;
  // biome-ignore lint/suspicious/noExplicitAny: what a module without types has
  any: () => any;
  unknown: () => unknown;
  boolean: () => boolean;
  text: () => string;
  list: () => number[];
  readonlyList: () => readonly number[];
  set: () => Set<number>;
  bytes: () => Uint8Array;
  node: () => LinkedNode;
  // Shared objects, though some are async iterable.
  queue: () => Queue<number>;
  priorityQueue: () => Promise<PriorityQueue<number>>;
  anyQueue: () => BlockingQueue<number>;
  mutex: () => Mutex;
  event: () => Event | undefined;
  counter: () => Counter;
  executor: () => ThreadPoolExecutor<Module>;
}

describe('the type of a result', () => {
  type Result<K extends TaskName<Results>> = TaskResult<Results, K>;
  type Item<K extends TaskName<Results>> = TaskItem<Results, K>;

  it('is an async stream for a generator, whatever its annotation', () => {
    type Numbers = AsyncIterableIterator<number>;
    expectTypeOf<Result<'asyncGenerator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'asyncIterableIterator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'asyncIterable'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'asyncIterator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'generator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'iterableIterator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'iterator'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'promised'>>().toEqualTypeOf<Numbers>();
    expectTypeOf<Result<'empty'>>().toEqualTypeOf<AsyncIterableIterator<never>>();
  });

  it('is an async stream for other streams', () => {
    // biome-ignore lint/suspicious/noExplicitAny: Node's types say so
    expectTypeOf<Result<'readable'>>().toEqualTypeOf<AsyncIterableIterator<any>>();
    expectTypeOf<Result<'readableStream'>>().toEqualTypeOf<AsyncIterableIterator<number>>();
  });

  it('is either for what may be a generator', () => {
    expectTypeOf<Result<'iterable'>>().toEqualTypeOf<Iterable<number> | AsyncIterableIterator<number>>();
    expectTypeOf<Result<'sometimes'>>().toEqualTypeOf<string | AsyncIterableIterator<number>>();
  });

  it('is that of the value for all else', () => {
    expectTypeOf<Result<'nothing'>>().toEqualTypeOf<void>();
    expectTypeOf<Result<'never'>>().toEqualTypeOf<never>();
    expectTypeOf<Result<'any'>>().toBeAny();
    expectTypeOf<Result<'unknown'>>().toBeUnknown();
    expectTypeOf<Result<'boolean'>>().toEqualTypeOf<boolean>();
    expectTypeOf<Result<'text'>>().toEqualTypeOf<string>();
    expectTypeOf<Result<'list'>>().toEqualTypeOf<number[]>();
    expectTypeOf<Result<'readonlyList'>>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Result<'set'>>().toEqualTypeOf<Set<number>>();
    expectTypeOf<Result<'bytes'>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Result<'node'>>().toEqualTypeOf<LinkedNode>();
  });

  it('is that of a shared object', () => {
    expectTypeOf<Result<'queue'>>().toEqualTypeOf<Queue<number>>();
    expectTypeOf<Result<'priorityQueue'>>().toEqualTypeOf<PriorityQueue<number>>();
    expectTypeOf<Result<'anyQueue'>>().toEqualTypeOf<BlockingQueue<number>>();
    expectTypeOf<Result<'mutex'>>().toEqualTypeOf<Mutex>();
    expectTypeOf<Result<'event'>>().toEqualTypeOf<Event | undefined>();
    expectTypeOf<Result<'counter'>>().toEqualTypeOf<Counter>();
    expectTypeOf<Result<'executor'>>().toEqualTypeOf<ThreadPoolExecutor<Module>>();
  });

  it('goes with that of the items', () => {
    type Streams = {
      [K in TaskName<Results>]: [Item<K>] extends [never] ? never : K;
    }[TaskName<Results>];
    expectTypeOf<Streams>().toEqualTypeOf<
      | 'asyncGenerator'
      | 'asyncIterableIterator'
      | 'asyncIterable'
      | 'asyncIterator'
      | 'generator'
      | 'iterableIterator'
      | 'iterator'
      | 'promised'
      | 'iterable'
      | 'sometimes'
      | 'readable'
      | 'readableStream'
      | 'any'
    >();
    expectTypeOf<Item<Exclude<Streams, 'readable' | 'any'>>>().toEqualTypeOf<number>();
    expectTypeOf<Item<'asyncIterator'>>().toEqualTypeOf<number>();
    expectTypeOf<Item<'any'>>().toBeUnknown();
  });
});
