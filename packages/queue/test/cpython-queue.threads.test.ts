/**
 * The scenarios of CPython 3.13's `Lib/test/test_queue.py` (`BaseQueueTestMixin` and `FailingQueueTest`), by their
 * names there, for every class with tasks, on real threads, in the blocking and in the asynchronous form of the
 * verbs. Where the original starts a thread and hopes that it blocks meanwhile, these wait until it does.
 * See docs/reference/cpython-conformance.md.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Queue, QueueCodecError, QueueEmpty, QueueFull, QueueShutDown } from '../src/index.ts';
import type { TaskQueue } from '../src/task-queue.ts';
import { FAIL_NEXT_DECODE, FAIL_NEXT_ENCODE, failingCodec } from './fixtures/failing-codec.ts';
import { createGate, openGate } from './fixtures/gate.ts';
import { kinds } from './fixtures/kinds.ts';
import { type QueueRef, refTo } from './fixtures/queue-ref.ts';
import { Threads } from './fixtures/threads.ts';
import { type Verbs, verbs } from './fixtures/verbs.ts';
import { until, type Wait, waitersFor } from './fixtures/waiting.ts';

type AnyQueue = TaskQueue<unknown>;

const QUEUE_SIZE = 5;
/** The longest wait of this thread that a test allows, in milliseconds: a hang fails instead of lasting. */
const LONG = { timeout: 120_000 };

const threads = new Threads();
beforeAll(() => threads.warmUp(4));
afterEach(() => threads.dropBusy());
afterAll(() => threads.close());

/** Awaits what may throw at once or reject. */
const outcome = async (action: () => unknown): Promise<unknown> => action();

interface Call {
  readonly verb: 'put' | 'get';
  readonly args: readonly unknown[];
}

const put = (item: unknown): Call => ({ verb: 'put', args: [item] });
const get: Call = { verb: 'get', args: [] };

/** `do_blocking_test`, both ways round: another thread blocks and this one ends it; and the reverse. */
async function doBlockingTest(form: Verbs, queue: AnyQueue, ref: QueueRef, blocked: Call, trigger: Call) {
  const wait: Wait = blocked.verb === 'put' ? 'place' : 'item';
  const here = (call: Call) =>
    call.verb === 'put' ? form.put(queue, call.args[0], LONG) : form.get(queue, LONG);
  const async = form.name === 'async' ? 'Async' : '';

  const blockedThere = threads.run('call', ref, blocked.verb + async, [...blocked.args]);
  await until('the thread waits', () => waitersFor(wait, queue) === 1);
  await here(trigger);
  await blockedThere;

  const triggeredThere = threads.run('trigger', ref, wait, trigger.verb, [...trigger.args]);
  await here(blocked);
  await triggeredThere;
}

describe.each(kinds)('$name', (kind) => {
  describe.each([verbs.blocking, verbs.async])('$name', (form) => {
    const { item } = kind;

    async function basicQueueTest(queue: AnyQueue): Promise<void> {
      const ref = refTo(queue);
      expect(queue.qsize()).toBe(0);
      expect(queue.empty()).toBe(true);
      expect(queue.full()).toBe(false);
      for (const value of [111, 333, 222]) await form.put(queue, value);
      const order = [await form.get(queue, LONG), await form.get(queue, LONG), await form.get(queue, LONG)];
      expect(order).toEqual(kind.order);
      for (let i = 0; i < QUEUE_SIZE - 1; i++) {
        await form.put(queue, i);
        expect(queue.qsize()).toBe(i + 1);
      }
      expect(queue.full()).toBe(false);
      const last = 2 * QUEUE_SIZE;
      const full = 3 * 2 * QUEUE_SIZE;
      await form.put(queue, last);
      expect(queue.full()).toBe(true);
      expect(queue.empty()).toBe(false);
      await expect(outcome(() => form.put(queue, full, { timeout: 0 }))).rejects.toThrow(QueueFull);
      await expect(outcome(() => form.put(queue, full, { timeout: 10 }))).rejects.toThrow(QueueFull);
      await doBlockingTest(form, queue, ref, put(full), get);
      for (let i = 0; i < QUEUE_SIZE; i++) await form.get(queue, LONG);
      expect(queue.empty()).toBe(true);
      await expect(outcome(() => form.get(queue, { timeout: 0 }))).rejects.toThrow(QueueEmpty);
      await expect(outcome(() => form.get(queue, { timeout: 10 }))).rejects.toThrow(QueueEmpty);
      await doBlockingTest(form, queue, ref, get, put(item('empty')));
    }

    async function queueJoinTest(queue: AnyQueue): Promise<void> {
      const ref = refTo(queue);
      const workers = [threads.run('addUp', form.name, ref), threads.run('addUp', form.name, ref)];
      for (let i = 0; i < 100; i++) await form.put(queue, i);
      await form.join(queue, LONG);
      expect(queue.unfinishedTasks).toBe(0);
      for (const _ of workers) await form.put(queue, -1);
      await form.join(queue, LONG);
      const sums = await Promise.all(workers);
      expect(sums[0]! + sums[1]!).toBe((99 * 100) / 2);
    }

    it('test_queue_task_done', () => {
      const queue = kind.create();
      expect(() => queue.taskDone()).toThrow(RangeError);
    });

    it('test_queue_join', async () => {
      const queue = kind.create();
      await queueJoinTest(queue);
      await queueJoinTest(queue);
      expect(() => queue.taskDone()).toThrow(RangeError);
    });

    it('test_basic', async () => {
      const queue = kind.create(QUEUE_SIZE);
      await basicQueueTest(queue);
      await basicQueueTest(queue);
    });

    it('test_negative_timeout_raises_exception', async () => {
      const queue = kind.create(QUEUE_SIZE);
      await expect(outcome(() => form.put(queue, 1, { timeout: -1 }))).rejects.toThrow(RangeError);
      await expect(outcome(() => form.get(queue, { timeout: -1 }))).rejects.toThrow(RangeError);
      expect(queue.qsize()).toBe(0);
    });

    it('test_nowait', async () => {
      const queue = kind.create(QUEUE_SIZE);
      const nowait = { timeout: 0 };
      const putNowait = () => (form.name === 'blocking' ? queue.putNowait(1) : form.put(queue, 1, nowait));
      const getNowait = () => (form.name === 'blocking' ? queue.getNowait() : form.get(queue, nowait));
      for (let i = 0; i < QUEUE_SIZE; i++) await putNowait();
      await expect(outcome(putNowait)).rejects.toThrow(QueueFull);
      for (let i = 0; i < QUEUE_SIZE; i++) expect(await getNowait()).toBe(1);
      await expect(outcome(getNowait)).rejects.toThrow(QueueEmpty);
    });

    it('test_shrinking_queue', async () => {
      const queue = kind.create(3);
      for (const value of [1, 2, 3]) await form.put(queue, value);
      await expect(outcome(() => form.put(queue, 4, { timeout: 0 }))).rejects.toThrow(QueueFull);
      expect(queue.qsize()).toBe(3);
      queue.maxsize = 2;
      await expect(outcome(() => form.put(queue, 4, { timeout: 0 }))).rejects.toThrow(QueueFull);
      // Beyond the original: a put waits until the queue is below its new bound, seen by another thread.
      const waiting = threads.run('put', form.name, refTo(queue), 4, opened(), false);
      await until('the thread waits', () => waitersFor('place', queue) === 1);
      await form.get(queue, LONG);
      expect(queue.qsize()).toBe(2);
      // It was woken, maybe, has looked, and waits on.
      await until('the thread waits on', () => waitersFor('place', queue) === 1);
      expect(queue.qsize()).toBe(2);
      await form.get(queue, LONG);
      expect(await waiting).toBe(true);
      expect(queue.qsize()).toBe(2);
    });

    it('test_shutdown_empty', async () => {
      const queue = kind.create();
      queue.shutdown();
      await expect(outcome(() => form.put(queue, item('data')))).rejects.toThrow(QueueShutDown);
      await expect(outcome(() => form.get(queue))).rejects.toThrow(QueueShutDown);
    });

    it('test_shutdown_nonempty', async () => {
      const queue = kind.create();
      await form.put(queue, item('data'));
      queue.shutdown();
      expect(await form.get(queue)).toEqual(item('data'));
      await expect(outcome(() => form.get(queue))).rejects.toThrow(QueueShutDown);
    });

    it('test_shutdown_immediate', async () => {
      const queue = kind.create();
      await form.put(queue, item('data'));
      queue.shutdown({ immediate: true });
      await expect(outcome(() => form.get(queue))).rejects.toThrow(QueueShutDown);
    });

    it('test_shutdown_allowed_transitions', () => {
      const queue = kind.create();
      expect(queue.isShutDown).toBe(false);
      queue.shutdown();
      expect(queue.isShutDown).toBe(true);
      queue.shutdown({ immediate: true });
      expect(queue.isShutDown).toBe(true);
      queue.shutdown({ immediate: false });
      expect(queue.isShutDown).toBe(true);
    });

    async function shutdownAllMethodsInOneThread(immediate: boolean): Promise<void> {
      const queue = kind.create(2);
      await form.put(queue, item('L'));
      await form.put(queue, item('O'), { timeout: 0 });
      queue.shutdown({ immediate });
      const isShutDown = (action: () => unknown) => expect(outcome(action)).rejects.toThrow(QueueShutDown);
      await isShutDown(() => form.put(queue, item('E')));
      await isShutDown(() => form.put(queue, item('W'), { timeout: 0 }));
      if (!immediate) {
        const got = [];
        for (let i = 0; i < 2; i++) {
          got.push(await form.get(queue));
          queue.taskDone();
        }
        expect(got).toHaveLength(2);
        expect(got).toEqual(expect.arrayContaining([item('L'), item('O')]));
        await form.join(queue, LONG);
        await isShutDown(() => form.get(queue, { timeout: 1000 }));
      }
      await isShutDown(() => form.get(queue));
      await isShutDown(() => form.get(queue, { timeout: 0 }));
      if (immediate) {
        expect(() => queue.taskDone()).toThrow(RangeError);
        await form.join(queue, LONG);
      }
    }

    it('test_shutdown_all_methods_in_one_thread', () => shutdownAllMethodsInOneThread(false));

    it('test_shutdown_immediate_all_methods_in_one_thread', () => shutdownAllMethodsInOneThread(true));

    async function shutdownAllMethodsInManyThreads(immediate: boolean): Promise<void> {
      const queue = kind.create();
      const ref = refTo(queue);
      const writers = 4;
      const readers = 6;
      const joiners = immediate ? 2 : 0;
      const messages = (1024 * 64) / writers;
      const shutDownAt = messages / 2;
      const parties = writers + readers + joiners;
      const barrier = createGate();
      const shutDown = createGate();
      const crew = (count: number, start: () => Promise<unknown>) => Array.from({ length: count }, start);
      const written = crew(writers, () =>
        threads.run('writeMessages', form.name, ref, messages, shutDownAt, shutDown, barrier, parties),
      );
      const read = crew(readers, () => threads.run('readMessages', form.name, ref, barrier, parties));
      const shut = threads.run('shutDown', form.name, ref, shutDown, immediate);
      const joined = crew(joiners, () => threads.run('joinAtBarrier', form.name, ref, barrier, parties));
      const resPuts = ((await Promise.all(written)) as boolean[][]).flat();
      expect(resPuts).toContain(true);
      expect(await Promise.all(read)).toEqual(new Array(readers).fill(true));
      const emptyAtShutdown = await shut;
      expect(await Promise.all(joined)).toEqual(new Array(joiners).fill(true));
      expect(queue.empty()).toBe(true);
      expect(queue.unfinishedTasks).toBe(0);
      if (immediate) expect(emptyAtShutdown).toBe(true);
    }

    it('test_shutdown_all_methods_in_many_threads', () => shutdownAllMethodsInManyThreads(false));

    it('test_shutdown_immediate_all_methods_in_many_threads', () => shutdownAllMethodsInManyThreads(true));

    async function shutdownGet(immediate: boolean): Promise<void> {
      const queue = kind.create(2);
      const ref = refTo(queue);
      const go = createGate();
      await form.put(queue, item('Y'));
      await form.put(queue, item('D'));
      const count = immediate ? 2 : 3;
      const results = Array.from({ length: count }, () => threads.run('get', form.name, ref, go, immediate));
      queue.shutdown({ immediate });
      openGate(go);
      const sorted = (await Promise.all(results)).sort();
      expect(sorted).toEqual(immediate ? [true, true] : [false, true, true]);
    }

    it('test_shutdown_get', () => shutdownGet(false));

    it('test_shutdown_immediate_get', () => shutdownGet(true));

    async function shutdownPut(immediate: boolean): Promise<void> {
      const queue = kind.create(2);
      const ref = refTo(queue);
      const go = createGate();
      await form.put(queue, item('Y'));
      await form.put(queue, item('D'));
      const results = [
        threads.run('put', form.name, ref, item('E'), go, true),
        // Beyond the original: one that waits already when the queue is shut down.
        threads.run('put', form.name, ref, item('W'), opened(), true),
      ];
      await until('one thread waits', () => waitersFor('place', queue) === 1);
      queue.shutdown({ immediate });
      openGate(go);
      expect(await Promise.all(results)).toEqual([true, true]);
      expect(queue.qsize()).toBe(immediate ? 0 : 2);
    }

    it('test_shutdown_put', () => shutdownPut(false));

    it('test_shutdown_immediate_put', () => shutdownPut(true));

    async function shutdownJoin(immediate: boolean): Promise<void> {
      const queue = kind.create();
      const ref = refTo(queue);
      const go = createGate();
      await form.put(queue, item('Y'));
      const results = [threads.run('join', form.name, ref), threads.run('join', form.name, ref)];
      await until('both threads wait', () => waitersFor('done', queue) === 2);
      if (!immediate) results.push(threads.run('getTaskDone', form.name, ref, go));
      queue.shutdown({ immediate });
      // The shutdown wakes them; they look, and wait on.
      if (!immediate) await until('both threads wait on', () => waitersFor('done', queue) === 2);
      openGate(go);
      expect(await Promise.all(results)).toEqual(results.map(() => true));
    }

    it('test_shutdown_immediate_join', () => shutdownJoin(true));

    it('test_shutdown_join', () => shutdownJoin(false));

    async function shutdownPutJoin(immediate: boolean): Promise<void> {
      const queue = kind.create(2);
      const ref = refTo(queue);
      const go = createGate();
      await form.put(queue, item('Y'));
      const results = [
        threads.run('put', form.name, ref, item('E'), go, true),
        threads.run('join', form.name, ref),
      ];
      await until('a thread waits', () => waitersFor('done', queue) === 1);
      expect(queue.unfinishedTasks).toBe(1);
      queue.shutdown({ immediate });
      openGate(go);
      if (immediate) {
        await expect(outcome(() => form.get(queue, { timeout: 0 }))).rejects.toThrow(QueueShutDown);
      } else {
        expect(await form.get(queue, LONG)).toEqual(item('Y'));
        queue.taskDone();
      }
      expect(await Promise.all(results)).toEqual([true, true]);
    }

    it('test_shutdown_immediate_put_join', () => shutdownPutJoin(true));

    it('test_shutdown_put_join', () => shutdownPutJoin(false));

    it('test_shutdown_get_task_done_join', async () => {
      const queue = kind.create(2);
      const ref = refTo(queue);
      const go = createGate();
      await form.put(queue, item('Y'));
      await form.put(queue, item('D'));
      expect(queue.unfinishedTasks).toBe(queue.qsize());
      const results = [
        threads.run('getTaskDone', form.name, ref, go),
        threads.run('getTaskDone', form.name, ref, go),
        threads.run('join', form.name, ref),
        threads.run('join', form.name, ref),
      ];
      openGate(go);
      queue.shutdown({ immediate: false });
      expect(await Promise.all(results)).toEqual([true, true, true, true]);
    });

    it('test_shutdown_pending_get', async () => {
      const queue = kind.create();
      const pending = threads.run('get', form.name, refTo(queue), opened(), true);
      await until('the thread waits', () => waitersFor('item', queue) === 1);
      queue.shutdown({ immediate: false });
      expect(await pending).toBe(true);
    });
  });
});

/**
 * `FailingQueueTest`. CPython overrides `_put` and `_get`, which run under the lock; here a user's code runs
 * outside of it, in a codec: `encode` before the put looks for a place, `decode` after the get took the item.
 */
describe('FailingQueue', () => {
  describe.each([verbs.blocking, verbs.async])('$name', (form) => {
    it('test_failing_queue', async () => {
      const flags = new Int32Array(new SharedArrayBuffer(8));
      const queue: AnyQueue = new Queue<unknown>(QUEUE_SIZE, { codec: failingCodec(flags) });
      const ref = refTo(queue as TaskQueue<never>, flags);
      await failingQueueTest(queue, ref, flags);
      await failingQueueTest(queue, ref, flags);
    });

    const fails = (action: () => unknown) => expect(outcome(action)).rejects.toThrow(/You Lose/);

    async function failingQueueTest(queue: AnyQueue, ref: QueueRef, flags: Int32Array): Promise<void> {
      expect(queue.qsize()).toBe(0);
      for (let i = 0; i < QUEUE_SIZE - 1; i++) await form.put(queue, i);
      for (const options of [{ timeout: 0 }, { timeout: 100 }]) {
        flags[FAIL_NEXT_ENCODE] = 1;
        const before = queue.stats();
        await fails(() => form.put(queue, 'oops', options));
        expect(queue.stats()).toEqual(before);
      }
      await form.put(queue, 'last');
      expect(queue.full()).toBe(true);
      // A failing put on a full queue, without and with a timeout, here and in another thread.
      for (const options of [undefined, { timeout: 10_000 }]) {
        flags[FAIL_NEXT_ENCODE] = 1;
        await expect(outcome(() => form.put(queue, 'full', options))).rejects.toThrow(QueueCodecError);
        flags[FAIL_NEXT_ENCODE] = 1;
        const verb = form.name === 'async' ? 'putAsync' : 'put';
        await expect(threads.run('call', ref, verb, ['full', options])).rejects.toMatchObject({
          className: 'QueueCodecError',
          code: 'QUEUE_CODEC',
        });
        await form.get(queue, LONG);
        await form.put(queue, 'last');
        expect(queue.full()).toBe(true);
      }
      await form.get(queue, LONG);
      expect(queue.full()).toBe(false);
      await form.put(queue, 'last');
      expect(queue.full()).toBe(true);
      await doBlockingTest(form, queue, ref, put('full'), get);
      for (let i = 0; i < QUEUE_SIZE; i++) await form.get(queue, LONG);
      expect(queue.empty()).toBe(true);

      // A failing get: the item was taken, and is unfinished until its taker says that it is done.
      queue.taskDone(queue.unfinishedTasks);
      for (const options of [undefined, { timeout: 100 }]) {
        await form.put(queue, 'first');
        flags[FAIL_NEXT_DECODE] = 1;
        await fails(() => form.get(queue, options));
        expect(queue.empty()).toBe(true);
        expect(queue.unfinishedTasks).toBe(1);
        queue.taskDone();
      }
      // The same while it waits: another thread's put wakes it.
      flags[FAIL_NEXT_DECODE] = 1;
      const triggered = threads.run('trigger', ref, 'item', 'put', ['empty']);
      await fails(() => form.get(queue, LONG));
      await triggered;
      expect(queue.empty()).toBe(true);
      queue.taskDone();
      expect(queue.unfinishedTasks).toBe(0);
    }
  });
});

function opened() {
  const gate = createGate();
  openGate(gate);
  return gate;
}
