import { describe, expectTypeOf, it } from 'vitest';
import { type Task, type TaskName, ThreadPoolExecutor } from './index.ts';

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
    // @ts-expect-error no such task
    void executor.call.subtract;
  };

  it('follow from the module', () => {
    expectTypeOf(check).toBeFunction();
  });
});
