import { describe, expect, it } from 'vitest';
import { LifoQueue, PriorityQueue, Queue } from './index.ts';
import { group } from './ordered/thread-group.fixture.ts';

describe.each([
  ['Queue', Queue],
  ['LifoQueue', LifoQueue],
  ['PriorityQueue', PriorityQueue],
])('what the dead held in a %s', (_, Class) => {
  it('counts as done', () => {
    const { queue, join } = group(Class as never);
    const taker = join();
    queue.putMany([1, 2, 3]);
    taker.queue.getMany(2);
    taker.die();
    queue.recover();
    expect(queue.unfinishedTasks).toBe(1);
    expect(queue.abandoned).toBe(2);
    queue.get();
    queue.taskDone();
    queue.join({ timeout: 0 });
  });

  it('is not done twice when somebody had said so before it was taken', () => {
    const { queue, join } = group(Class as never);
    const taker = join();
    queue.put(1);
    queue.taskDone();
    taker.queue.get();
    taker.die();
    queue.recover();
    expect(queue.unfinishedTasks).toBe(0);
    expect(queue.abandoned).toBe(0);
    queue.put(2);
    expect(queue.unfinishedTasks).toBe(1);
    const next = join();
    next.queue.get();
    next.die();
    queue.recover();
    expect(queue.unfinishedTasks).toBe(0);
    expect(queue.abandoned).toBe(1);
    expect(() => queue.taskDone()).toThrow(RangeError);
  });

  it('leaves to the living what they said to be done in advance, as far as there is something left', () => {
    const { queue, join } = group(Class as never);
    const [first, second] = [join(), join()];
    queue.putMany([1, 2, 3]);
    queue.taskDone();
    first.queue.get();
    second.queue.get();
    first.die();
    queue.recover();
    expect(queue.unfinishedTasks).toBe(1);
    queue.get();
    second.queue.taskDone();
    queue.join({ timeout: 0 });
  });
});
