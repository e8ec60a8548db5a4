import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Queue, QueueCodecError, QueueShutDown, SimpleQueue } from '../src/index.ts';
import type { SharedQueue } from '../src/shared-queue.ts';
import type { TaskQueue } from '../src/task-queue.ts';
import { runChild } from './fixtures/child.ts';
import { FAIL_NEXT_DECODE, failingCodec } from './fixtures/failing-codec.ts';
import { kinds } from './fixtures/kinds.ts';
import { attachTo, refTo } from './fixtures/queue-ref.ts';
import { Threads } from './fixtures/threads.ts';
import { verbs } from './fixtures/verbs.ts';
import { until, waitersFor } from './fixtures/waiting.ts';

const threads = new Threads();
afterEach(() => threads.dropBusy());
afterAll(() => threads.close());

const everyKind: { name: string; create: () => SharedQueue<unknown> }[] = [
  ...kinds,
  { name: 'SimpleQueue', create: () => new SimpleQueue<unknown>() },
];

describe.each(everyKind)('$name: pending promises', (kind) => {
  it('an abort rejects with the reason, takes nothing, and the next item goes to who still waits', async () => {
    const queue = kind.create();
    const abort = new AbortController();
    const first = queue.getAsync({ signal: abort.signal });
    const second = queue.getAsync();
    expect(waitersFor('item', queue)).toBe(2);
    const reason = new Error('changed my mind');
    abort.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(waitersFor('item', queue)).toBe(1);
    // The wait that was given up sleeps on inside the engine, and would be woken first.
    queue.put(1);
    expect(await second).toBe(1);
    expect(queue.empty()).toBe(true);
  });

  it('an abort in the turn in which an item came passes the wake-up on', async () => {
    const queue = kind.create();
    const abort = new AbortController();
    const first = queue.getAsync({ signal: abort.signal });
    const second = queue.getAsync();
    queue.put(1);
    abort.abort();
    await expect(first).rejects.toThrow();
    expect(await second).toBe(1);
  });

  it('an abort passes the wake-up on to a thread that blocks', async () => {
    const queue = kind.create();
    const abort = new AbortController();
    const first = queue.getAsync({ signal: abort.signal });
    const second = threads.run('call', refTo(queue), 'get', []);
    await until('both wait', () => waitersFor('item', queue) === 2);
    queue.put(1);
    abort.abort();
    await expect(first).rejects.toThrow();
    expect(await second).toBe(1);
  });

  it('a signal that is aborted already rejects at once and changes nothing', async () => {
    const queue = kind.create();
    queue.put(1);
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    await expect(queue.getAsync({ signal })).rejects.toBe(reason);
    await expect(queue.putAsync(2, { signal })).rejects.toBe(reason);
    await expect(queue.getManyAsync(2, { signal })).rejects.toBe(reason);
    await expect(queue.putManyAsync([2], { signal })).rejects.toBe(reason);
    expect(queue.qsize()).toBe(1);
  });

  it('a thousand pending gets each receive one of a thousand items', async () => {
    const queue = kind.create();
    const count = 1000;
    const pending = Array.from({ length: count }, () => queue.getAsync());
    expect(waitersFor('item', queue)).toBe(count);
    for (let i = 0; i < count; i++) queue.put(i);
    const got = (await Promise.all(pending)) as number[];
    expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(waitersFor('item', queue)).toBe(0);
  });

  it('half of the pending gets aborted at random, the others receive every item', async () => {
    const queue = kind.create();
    const waits = Array.from({ length: 200 }, (_, i) => {
      const abort = new AbortController();
      return { abort, aborted: (i * 7919) % 2 === 0, got: queue.getAsync({ signal: abort.signal }) };
    });
    const staying = waits.filter((wait) => !wait.aborted);
    for (const [i, wait] of waits.entries()) {
      if (wait.aborted) wait.abort.abort();
      else queue.put(i);
    }
    const settled = await Promise.allSettled(waits.map((wait) => wait.got));
    const received = settled.filter((result) => result.status === 'fulfilled').length;
    expect(received).toBe(staying.length);
    expect(queue.empty()).toBe(true);
  });

  it('getManyAsync waits for one item and takes what is there', async () => {
    const queue = kind.create();
    const pending = queue.getManyAsync(10);
    queue.putMany([1, 2, 3]);
    const got = [...(await pending)];
    while (!queue.empty()) got.push(...queue.getMany(10));
    expect(got.sort()).toEqual([1, 2, 3]);
  });

  it('a waiter that is woken and cannot decode its item passes the wake-up on', async () => {
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const queue = new Queue<unknown>(0, { codec: failingCodec(flags) });
    const first = queue.getAsync();
    const second = queue.getAsync();
    flags[FAIL_NEXT_DECODE] = 1;
    queue.put('bad');
    queue.put('good');
    await expect(first).rejects.toThrow(QueueCodecError);
    expect(await second).toBe('good');
  });
});

describe.each(kinds)('$name: pending puts and joins', (kind) => {
  it('an aborted put puts nothing, and the place goes to the next one', async () => {
    const queue = kind.create(1);
    queue.put(1);
    const abort = new AbortController();
    const first = queue.putAsync(2, { signal: abort.signal });
    // By another object: it would wait for the first one by the same, and not for a place.
    const second = attachTo<typeof queue>(refTo(queue)).putAsync(3);
    expect(waitersFor('place', queue)).toBe(2);
    queue.get();
    abort.abort(new Error('no more'));
    await expect(first).rejects.toThrow('no more');
    await second;
    expect(queue.get()).toBe(3);
    expect(queue.unfinishedTasks).toBe(2);
  });

  it('an aborted putMany says nothing of items that are in; the others are not', async () => {
    const queue = kind.create(2);
    const abort = new AbortController();
    const pending = queue.putManyAsync([1, 2, 3], { signal: abort.signal });
    expect(queue.qsize()).toBe(2);
    abort.abort();
    await expect(pending).rejects.toThrow();
    expect(queue.getMany(5)).toHaveLength(2);
    expect(queue.unfinishedTasks).toBe(2);
  });

  it('an aborted join stops waiting and disturbs no other', async () => {
    const queue = kind.create();
    queue.put(1);
    const abort = new AbortController();
    const first = queue.joinAsync({ signal: abort.signal });
    const second = queue.joinAsync();
    abort.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    queue.get();
    queue.taskDone();
    await second;
  });

  it('many pending puts all find a place as another thread takes', async () => {
    const queue = kind.create(3);
    const pending = Array.from({ length: 300 }, (_, i) => queue.putAsync(i));
    const taken = threads.run('iterate', 'blocking', refTo(queue));
    await Promise.all(pending);
    queue.shutdown();
    expect(new Set((await taken) as number[]).size).toBe(300);
  });
});

describe.each(kinds)('$name: iteration', (kind) => {
  it.each([verbs.blocking, verbs.async])(
    'a loop ends when the queue is shut down and drained ($name)',
    async (form) => {
      const queue = kind.create();
      const loops = [
        threads.run('iterate', form.name, refTo(queue)),
        threads.run('iterate', form.name, refTo(queue)),
      ];
      await until('both wait', () => waitersFor('item', queue) === 2);
      for (let i = 0; i < 100; i++) queue.put(i);
      queue.shutdown();
      const items = (await Promise.all(loops)).flat() as number[];
      expect(items.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    },
  );

  it('another thread wakes loops and pending promises here by a shutdown', async () => {
    const queue: TaskQueue<unknown> = kind.create(1);
    const items: unknown[] = [];
    const loop = (async () => {
      for await (const item of queue) items.push(item);
    })();
    const pending = queue.getAsync();
    const rejected = expect(pending).rejects.toThrow(QueueShutDown);
    await until('both wait', () => waitersFor('item', queue) === 2);
    await threads.run('call', refTo(queue), 'shutdown', []);
    await loop;
    await rejected;
    expect(items).toEqual([]);
  });

  it('another thread wakes pending puts and joins here by an immediate shutdown', async () => {
    const queue = kind.create(1);
    queue.put(1);
    const put = expect(queue.putAsync(2)).rejects.toThrow(QueueShutDown);
    const join = queue.joinAsync();
    await threads.run('call', refTo(queue), 'shutdown', [{ immediate: true }]);
    await put;
    await join;
    expect(queue.unfinishedTasks).toBe(0);
  });

  it('lets other events have their turn, also where there is always a next item', async () => {
    const queue = new Queue<number>();
    queue.put(0);
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    const start = performance.now();
    for await (const item of queue) {
      if (turns > 3) break;
      // Were there none, the loop would never end.
      if (performance.now() - start > 120_000) break;
      queue.put(item + 1);
    }
    clearInterval(count);
    expect(turns).toBeGreaterThan(3);
  });

  it('leaving a loop early leaves the rest of the items in the queue', async () => {
    const queue = kind.create();
    queue.putMany([1, 2, 3]);
    for (const _ of queue) break;
    for await (const _ of queue) break;
    expect(queue.qsize()).toBe(1);
  });
});

describe('keeping the process alive', () => {
  it('a pending getAsync does, until another thread ends it', async () => {
    const child = await runChild('keep-alive.fixture.ts', ['item-from-thread']);
    expect(child).toMatchObject({ code: 0, stdout: 'pending\ngot 42\n' });
  });

  it('an aborted getAsync does not', async () => {
    const child = await runChild('keep-alive.fixture.ts', ['aborted']);
    expect(child).toMatchObject({ code: 0, stdout: 'pending\nAbortError\nexit\n' });
  });

  it('a getAsync that timed out does not', async () => {
    const child = await runChild('keep-alive.fixture.ts', ['timed-out']);
    expect(child).toMatchObject({ code: 0, stdout: 'pending\nQueueEmpty\nexit\n' });
  });

  it('a pending getAsync does while nothing else runs', async () => {
    const child = await runChild('keep-alive.fixture.ts', ['forever'], (line) => line === 'pending');
    expect(child.endedByTest).toBe(true);
  });

  it('threads that are unreferenced and wait in get or getAsync let the process exit', async () => {
    const child = await runChild('keep-alive.fixture.ts', ['daemons']);
    expect(child).toMatchObject({ code: 0, stdout: 'waiting\nexit\n' });
  });
});
