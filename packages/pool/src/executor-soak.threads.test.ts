import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskCancelled, TaskTimeout, ThreadPoolExecutor, WorkerDiedError } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);

interface Plan {
  kind: 'add' | 'later' | 'stream' | 'fail' | 'exit' | 'big';
  priority: number;
  /** After how many turns of the event loop it is cancelled; undefined: never. */
  cancelAfter: number | undefined;
  timeout: number | undefined;
  retries: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('add' as const, 'later' as const) },
    { weight: 10, arbitrary: fc.constantFrom('stream' as const, 'fail' as const, 'big' as const) },
    { weight: 1, arbitrary: fc.constant('exit' as const) },
  ),
  priority: fc.constantFrom(0, 0, 0, -1, 1),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 5, nil: undefined }),
  timeout: fc.option(fc.integer({ min: 0, max: 30 }), { freq: 5, nil: undefined }),
  retries: fc.integer({ min: 0, max: 1 }),
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Runs one planned task; returns how it ended, or throws if that is not how it may end. */
async function carryOut(executor: ThreadPoolExecutor<Tasks>, index: number, plan: Plan): Promise<string> {
  const { kind, priority, cancelAfter, timeout, retries } = plan;
  const options = { priority, retries, ...(timeout === undefined ? {} : { timeout }) };
  const begin = () => {
    if (kind === 'add') return executor.submit('add', [index, 1], options);
    if (kind === 'later') return executor.submit('later', [`${index}`], options);
    if (kind === 'stream') return executor.submit('countTo', [index % 50], options);
    if (kind === 'big') return executor.submit('bigResult', [2 ** 20], options);
    if (kind === 'fail') return executor.submit('fail', [], options);
    return executor.submit('perish', ['exit'], options);
  };
  const task = begin();
  if (cancelAfter !== undefined) {
    void (async () => {
      for (let i = 0; i < cancelAfter; i++) await turn();
      task.cancel();
    })();
  }
  try {
    if (kind === 'stream') {
      let next = 0;
      for await (const item of task) expect(item).toBe(next++);
      expect(next).toBe(index % 50);
    } else if (kind === 'big') expect(await task).toHaveLength(2 ** 20);
    else expect(await task).toBe(kind === 'add' ? index + 1 : `later ${index}`);
    expect(['add', 'later', 'stream', 'big']).toContain(kind);
    return 'done';
  } catch (error) {
    if (error instanceof TaskCancelled && cancelAfter !== undefined) return 'cancelled';
    if (error instanceof TaskTimeout && timeout !== undefined) return 'timed out';
    if (error instanceof WorkerDiedError && kind === 'exit') return 'died';
    if (error instanceof RangeError && kind === 'fail') return 'failed';
    throw error;
  }
}

describe('an executor under all sorts of trouble', () => {
  it('settles every promise once, each in a way that it may', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 400, maxLength: 400 }), async (plans) => {
        const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 2, graceMs: 10 });
        const outcomes = await Promise.all(plans.map((each, index) => carryOut(executor, index, each)));
        expect(outcomes).toHaveLength(plans.length);
        await executor.shutdown();
        const { done, failed, queued, running, workers } = executor.stats();
        expect({ total: done + failed, queued, running, workers }).toEqual({
          total: plans.length,
          queued: 0,
          running: 0,
          workers: [],
        });
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
