import { afterEach, describe, expect, it, vi } from 'vitest';
import { stopClock } from '../../sync/test/standing-clock.ts';
import { Counter } from '../test/fixtures/counter.ts';
import { executorsOf } from '../test/fixtures/executors.ts';
import { Blocked } from '../test/fixtures/threads.ts';
import { TaskCancelled, TaskTimeout, ThreadPoolExecutor } from './index.ts';

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

describe('with fake timers', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('an executor starts, settles its tasks and shuts down', async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance'],
    });
    const executor = make();
    expect(await executor.submit('add', [1, 2])).toBe(3);
    await expect(executor.submit('fail')).rejects.toBeInstanceOf(RangeError);
    const items: unknown[] = [];
    for await (const item of executor.submit('countTo', [40])) items.push(item);
    expect(items).toHaveLength(40);
    await executor.shutdown();
  });

  it('a worker that a cancelled task occupies is replaced', async () => {
    const started = new Counter();
    const executor = make({ graceMs: 1 });
    vi.useFakeTimers();
    const deaf = executor.submit('deaf', [started]);
    started.waitFor(1);
    deaf.cancel();
    await expect(deaf).rejects.toBeInstanceOf(TaskCancelled);
    expect(await executor.submit('add', [1, 2])).toBe(3);
  });

  it('a thread is started and joined', async () => {
    vi.useFakeTimers();
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    counter.add(1, 1);
    expect(await thread.joinAsync()).toBe(true);
  });
});
