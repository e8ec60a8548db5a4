/**
 * Many items through one queue, between threads that block and this one, which takes part by the asynchronous
 * verbs: each item arrives exactly once, `join` returns, and memory is back at its idle level.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Queue } from '../src/index.ts';
import { kinds } from './fixtures/kinds.ts';
import { createMarks, type ItemForm, itemOf, mark, markCounts } from './fixtures/marks.ts';
import { refTo } from './fixtures/queue-ref.ts';
import { Threads } from './fixtures/threads.ts';

const PRODUCERS = 4;
const CONSUMERS = 4;

const threads = new Threads();
beforeAll(() => threads.warmUp(PRODUCERS + CONSUMERS));
afterEach(() => threads.dropBusy());
afterAll(() => threads.close());

interface Run {
  readonly integers: number;
  readonly tuples: number;
  /** Items per verb; 1 uses the verbs for single items. */
  readonly batch: number;
}

/** Lets all take part, and checks that every item was seen once. */
async function run(queue: Queue<unknown>, { integers, tuples, batch }: Run): Promise<void> {
  const idle = queue.stats().bytesInUse;
  const ref = refTo(queue);
  const total = integers + tuples;
  const marks = createMarks(total);
  // Tickets below `integers` stand for integers, the others for tuples; whoever draws one puts its item.
  const tickets = new Int32Array(new SharedArrayBuffer(4));
  let put = 0;
  let got = 0;
  /** Draws tickets and puts their items; false when there are no more. */
  const putHere = async (): Promise<boolean> => {
    const from = Atomics.add(tickets, 0, batch);
    if (from >= total) return false;
    const items: ItemForm[] = [];
    for (let n = from; n < Math.min(total, from + batch); n++) items.push(itemOf(n, integers));
    if (batch === 1) await queue.putAsync(items[0]);
    else await queue.putManyAsync(items);
    put += items.length;
    return true;
  };
  const finishHere = (item: unknown) => {
    mark(marks, item as ItemForm, integers);
    queue.taskDone();
    got++;
  };

  // However fast the threads are, this one has its part.
  await putHere();
  finishHere(await queue.getAsync());

  const produced = Array.from({ length: PRODUCERS }, () =>
    threads.run('produce', ref, tickets, integers, total, batch),
  );
  const consumed = Array.from({ length: CONSUMERS }, () =>
    threads.run('consumeAll', ref, marks, integers, batch),
  );
  const producing = (async () => {
    while (await putHere());
  })();
  const consuming = (async () => {
    for await (const item of queue) finishHere(item);
  })();

  const counts = await Promise.all([...produced, producing.then(() => put)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(total);
  await queue.joinAsync();
  queue.shutdown();
  const takes = await Promise.all([...consumed, consuming.then(() => got)]);
  expect(takes.reduce((sum, count) => sum + count)).toBe(total);

  expect(markCounts(marks)).toEqual({ never: 0, once: total, more: 0 });
  expect(queue.unfinishedTasks).toBe(0);
  expect(queue.qsize()).toBe(0);
  expect(queue.abandoned).toBe(0);
  expect(queue.stats()).toMatchObject({ puts: total, gets: total });
  expect(queue.stats().bytesInUse).toBe(idle);
}

it('1,000,000 integers and 200,000 tuples', async () => {
  await run(new Queue<unknown>(), { integers: 1_000_000, tuples: 200_000, batch: 1 });
});

describe.each(kinds)('$name', (kind) => {
  // A priority queue orders by numbers; its items are the integers alone.
  const tuples = (count: number) => (kind.name === 'PriorityQueue' ? 0 : count);
  const create = (maxsize: number, options = {}) => kind.create(maxsize, options) as Queue<unknown>;

  it('bounded by 100 items', async () => {
    await run(create(100), { integers: 10_000, tuples: tuples(2_000), batch: 1 });
  });

  it('in batches of 64', async () => {
    await run(create(0), { integers: 50_000, tuples: tuples(10_000), batch: 64 });
  });

  it('in batches of 64, bounded by 100 items, with redelivery on', async () => {
    await run(create(100, { redeliver: true }), { integers: 10_000, tuples: tuples(2_000), batch: 64 });
  });

  it('one by one, with redelivery on', async () => {
    await run(create(1000, { redeliver: true }), { integers: 10_000, tuples: tuples(2_000), batch: 1 });
  });
});
