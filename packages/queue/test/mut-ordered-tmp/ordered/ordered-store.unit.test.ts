import { slotOf } from '@pkg/sync/kernel';
import { describe, expect, it } from 'vitest';
import { EPOCH, GET_LOCK, GETS, PUTS, SETTLED } from '../layout.ts';
import { LifoQueue } from '../lifo-queue.ts';
import { PriorityQueue } from '../priority-queue.ts';
import { type Class, group } from './thread-group.fixture.ts';

describe.each([
  ['LifoQueue', LifoQueue as unknown as Class],
  ['PriorityQueue', PriorityQueue as unknown as Class],
])('%s, when threads die', (name, Queue) => {
  const lifo = name === 'LifoQueue';

  it('delivers their items again, in order, up to maxDeliveries', () => {
    const { queue, join } = group(Queue, { redeliver: true, maxDeliveries: 2 });
    queue.putMany([1, 2, 3, 4]);
    const first = join();
    const taken = first.queue.getMany(2);
    queue.put(lifo ? 9 : 0);
    first.die();
    expect(queue.stats().abandoned).toBe(0);
    expect(queue.qsize()).toBe(5);
    const second = join();
    const again = second.queue.getMany(lifo ? 2 : 3);
    expect(again).toEqual(lifo ? taken : [0, ...taken]);
    second.die();
    queue.recover();
    expect(queue.deadLetters()).toEqual(taken.toSorted((a, b) => a - b));
    expect(queue.getMany(9)).toEqual(lifo ? [9, 2, 1] : [0, 3, 4]);
    queue.taskDone(3);
    queue.join();
  });

  it('counts their items as done without redelivery', () => {
    const { queue, join } = group(Queue);
    queue.putMany([1, 2, 3]);
    const other = join();
    other.queue.getMany(2);
    queue.get();
    other.die();
    expect(queue.abandoned).toBe(2);
    expect(queue.unfinishedTasks).toBe(1);
    queue.taskDone();
    queue.join();
  });

  it.each([false, true])('keeps what a successor in the slot does apart (redeliver %s)', (redeliver) => {
    const { queue, join, offerSlotOf } = group(Queue, { redeliver });
    queue.putMany([1, 2, 3, 4]);
    const other = join();
    other.queue.getMany(2);
    queue.get();
    other.die();
    offerSlotOf(other.id);
    const successor = join();
    expect(slotOf(successor.id)).toBe(slotOf(other.id));
    successor.queue.taskDone();
    successor.queue.recover();
    expect(queue.unfinishedTasks).toBe(redeliver ? 3 : 1);
    const rest = queue.getMany(9);
    expect(rest.length).toBe(redeliver ? 3 : 1);
    queue.taskDone(rest.length);
    queue.join();
  });

  it('settles the oldest lease first, also after recovery has made the lists anew', () => {
    const { queue, join, header } = group(Queue, { redeliver: true });
    queue.putMany([1, 2, 3, 4, 5]);
    const holder = join();
    const held = [holder.queue.get(), holder.queue.get(), holder.queue.get()];
    const dying = join();
    // The lock's owner dies: all that is derived is derived again.
    Atomics.store(header, GET_LOCK, dying.id);
    dying.die();
    holder.queue.taskDone(2);
    holder.die();
    queue.recover();
    expect(queue.getMany(9)).toEqual(lifo ? [held[2], 2, 1] : [held[2], 4, 5]);
  });

  it('counts what a dead thread settled too early', () => {
    const { queue, join } = group(Queue);
    const early = join();
    early.queue.put(1);
    early.queue.taskDone();
    early.die();
    queue.recover();
    queue.get();
    queue.putMany([2, 3]);
    const other = join();
    other.queue.get();
    other.die();
    queue.get();
    queue.taskDone();
    expect(queue.abandoned).toBe(1);
    queue.join({ timeout: 0 });
  });

  it.each([2 ** 31 - 3, 2 ** 32 - 3, 2 ** 32 + 2 ** 31 - 3])('counts on past %i puts', (puts) => {
    const { queue, join, header } = group(Queue, { redeliver: true });
    for (const index of [PUTS, GETS, SETTLED]) header[index] = puts | 0;
    header[EPOCH] = Math.floor(puts / 2 ** 31);
    queue.put(7);
    for (let i = 0; i < 6; i++) queue.put(7);
    queue.putMany([7, 8]);
    const dying = join();
    Atomics.store(header, GET_LOCK, dying.id);
    dying.die();
    expect(queue.qsize()).toBe(9);
    queue.recover();
    expect(queue.qsize()).toBe(9);
    expect(queue.getMany(20)).toEqual(lifo ? [8, 7, 7, 7, 7, 7, 7, 7, 7] : [7, 7, 7, 7, 7, 7, 7, 7, 8]);
    queue.taskDone(9);
    expect(queue.unfinishedTasks).toBe(0);
  });
});
