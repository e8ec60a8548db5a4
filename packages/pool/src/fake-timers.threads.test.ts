import { describe, expect, it } from 'vitest';
import { stopClock } from '../../sync/test/standing-clock.ts';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import { Blocked } from '../test/fixtures/threads.ts';
import { TaskTimeout, ThreadPoolExecutor } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);

const { make } = executorsOf<Tasks>(url, 1);

describe('a timeout that blocks while the clock stands still', () => {
  it('runs out for the join of a thread', () => {
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    using _ = stopClock();
    expect(thread.join({ timeout: 60 })).toBe(false);
    counter.add(1, 1);
    expect(thread.join({ timeout: 60_000 })).toBe(true);
  });

  it.each(['made', 'attached'])('runs out for submitSync of an executor that was %s', (how) => {
    const started = new Counter();
    const go = new Counter();
    const own = make();
    const executor = how === 'made' ? own : ThreadPoolExecutor.from<Tasks>(own.handle);
    using _ = stopClock();
    expect(() => executor.submitSync('block', [started, go], { timeout: 60 })).toThrow(TaskTimeout);
    go.add(1);
    expect(executor.submitSync('add', [1, 2])).toBe(3);
  });
});
