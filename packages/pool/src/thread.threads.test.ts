import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { Queue, QueueEmpty } from '@pkg/queue';
import { supervise } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import { Counter } from '../test/fixtures/counter.ts';
import { ExitsWhileLoading } from '../test/fixtures/exits-while-loading.ts';
import { FailsToLoad } from '../test/fixtures/fails-to-load.ts';
import { makeFailsToLoadUnseen } from '../test/fixtures/fails-to-load-unseen.ts';
import { rejectionOf } from '../test/fixtures/rejection-of.ts';
import DefaultExport, {
  Blocked,
  DeepCounter,
  Ender,
  ExportedUnderAnotherName,
  hidden,
  Leaver,
  Parent,
  QuotaExceeded,
  Rejecting,
  WithoutRun,
  Witness,
} from '../test/fixtures/threads.ts';
import { Thread, ThreadLoadError, ThreadStartError, WorkerDiedError } from './index.ts';

/** What `action` throws. */
function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const shared = new ArrayBuffer(8);

describe('a thread', () => {
  it('runs in a thread of its own, as the object that was started', () => {
    const answers = new Queue<unknown>();
    const thread = new Witness(answers, 1, { name: 'eve', daemon: true });
    expect(thread.ident).toBeUndefined();
    expect(thread.isAlive()).toBe(false);
    expect(thread.start()).toBe(thread);
    const answer = answers.get();
    expect(thread.join()).toBe(true);
    expect(answer).toEqual({
      current: true,
      isWitness: true,
      isMainThread: false,
      threadId: thread.ident,
      name: 'eve',
      nameWhileLoading: 'eve',
      daemon: true,
      ident: thread.ident,
      alive: true,
      keys: ['answers', 'baggage'],
      startAgain: 'POOL_THREAD_ALREADY_STARTED',
      joinSelf: 'POOL_THREAD_CANNOT_JOIN',
      rename: 'POOL_THREAD_ALREADY_STARTED',
    });
    expect(thread.isAlive()).toBe(false);
    expect(thread.ident).toBeGreaterThan(0);
  });

  it('is named after its class unless told otherwise, and is no daemon', () => {
    const one = new Blocked(new Counter());
    const two = new Blocked(new Counter());
    expect(one.name).toMatch(/^Blocked-\d+$/);
    expect(two.name).not.toBe(one.name);
    expect(new Parent(new Counter()).daemon).toBe(false);
    one.name = 'other';
    one.daemon = false;
    expect([one.name, one.daemon]).toEqual(['other', false]);
  });

  it.each<[object, RegExp]>([
    [{ transfer: 5 }, /thread 'eve': options\.transfer must be an array, not the number 5/],
    [{ transfer: [5] }, /thread 'eve': options\.transfer has the number 5 in it/],
    [{ transfer: [shared, shared] }, /thread 'eve': options\.transfer has .* in it twice/],
    [{ resourceLimits: 5 }, /options\.resourceLimits must be an object such as .*, not the number 5/],
    [{ env: 5 }, /options\.env must be an object of strings, or SHARE_ENV, not the number 5/],
    [{ execArgv: 5 }, /options\.execArgv must be an array of strings such as .*, not the number 5/],
    [{ argv: '-x' }, /options\.argv must be an array of strings such as .*, not the string "-x"/],
    [{ name: null }, /name .* null/],
  ])('refuses bad options: %o', (options, message) => {
    expect(() => new Witness(new Queue(), 1, { name: 'eve', ...options })).toThrow(message);
    expect(new Blocked(new Counter()).name).toMatch(/^Blocked-/);
  });

  it('tells which thread is the current one on the main thread', () => {
    const main = Thread.current();
    expect(main).toBeInstanceOf(Thread);
    expect(Thread.current()).toBe(main);
    expect(main.isAlive()).toBe(true);
    expect(main.daemon).toBe(false);
    expect(thrownBy(() => main.join())).toMatchObject({ code: 'POOL_THREAD_CANNOT_JOIN' });
  });

  it('takes shared objects along, wherever they are in its fields', () => {
    const direct = new Counter();
    const others = [new Counter(), new Counter(), new Counter()];
    new DeepCounter(direct, others).start().join();
    expect([direct, ...others].map((each) => each.get())).toEqual([1, 2, 3, 4]);
  });

  it('waits for its end, blocking and not, with a timeout and a signal', async () => {
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    counter.waitFor(1);
    expect(thread.isAlive()).toBe(true);
    expect(thread.join({ timeout: 0 })).toBe(false);
    expect(thread.join({ timeout: 5 })).toBe(false);
    expect(await thread.joinAsync({ timeout: 0 })).toBe(false);
    expect(await thread.joinAsync({ timeout: 5 })).toBe(false);
    const controller = new AbortController();
    const pending = thread.joinAsync({ signal: controller.signal });
    controller.abort(new RangeError('no longer'));
    expect(await rejectionOf(pending)).toBe(controller.signal.reason);
    expect(await rejectionOf(thread.joinAsync({ signal: controller.signal }))).toBe(controller.signal.reason);
    counter.add(1, 1);
    expect(thread.join()).toBe(true);
    expect(thread.join({ timeout: 0 })).toBe(true);
    expect(await thread.joinAsync({ timeout: 0 })).toBe(true);
    expect(thread.isAlive()).toBe(false);
  });

  it('keeps nothing of those who waited for it in vain', async () => {
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    const used = async () => {
      // What the engine keeps until the end of a turn does not count.
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc!();
      return process.memoryUsage().heapUsed;
    };
    const waitInVain = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const controller = new AbortController();
        const joining = rejectionOf(thread.joinAsync({ signal: controller.signal }));
        controller.abort();
        await joining;
      }
    };
    await waitInVain(1000);
    const before = await used();
    await waitInVain(20_000);
    expect((await used()) - before).toBeLessThan(4 * 2 ** 20);
    counter.add(1, 1);
    await thread.joinAsync();
  });

  it.each([-1, Number.NaN])('refuses the timeout %d', async (timeout) => {
    const thread = new Ender('return').start();
    expect(() => thread.join({ timeout })).toThrow(RangeError);
    await expect(thread.joinAsync({ timeout })).rejects.toThrow(RangeError);
    thread.join();
  });

  it.each([500, false, null])('refuses %o for options', async (options) => {
    const none = options as never;
    const message = 'options must be an object, such as { ';
    class Idle extends Thread {
      override run() {}
    }
    expect(() => new Idle(none)).toThrow(message);
    const thread = new Ender('return').start();
    expect(() => thread.join(none)).toThrow(message);
    await expect(thread.joinAsync(none)).rejects.toThrow(message);
    thread.join();
  });

  it('ends with its run, whatever is still pending in it', () => {
    expect(new Ender('return with a timer pending').start().join()).toBe(true);
  });

  it('waits for the non-daemon threads that it started', () => {
    const counter = new Counter();
    const thread = new Parent(counter).start();
    counter.waitFor(1);
    expect(thread.join({ timeout: 20 })).toBe(false);
    counter.add(1, 1);
    expect(thread.join()).toBe(true);
  });

  it('is found under whatever name its module exports it', () => {
    expect(new DefaultExport().start().join()).toBe(true);
    expect(new ExportedUnderAnotherName().start().join()).toBe(true);
  });
});

describe('terminate', () => {
  it('ends a blocked thread, and joining it throws nothing', async () => {
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    counter.waitFor(1);
    const ended = thread.terminate();
    expect(thread.join()).toBe(true);
    await ended;
    await thread.terminate();
    expect(await thread.joinAsync()).toBe(true);
    expect(thread.isAlive()).toBe(false);
  });

  it('ends a thread whose promises are rejected all the time, for which Node loses requests', async () => {
    for (let round = 0; round < 10; round++) {
      const counter = new Counter();
      const thread = new Rejecting(counter).start();
      counter.reach(1 + round * 500);
      const ended = thread.terminate();
      // Every other one blocks, so that no timer fires.
      if (round % 2 === 0) expect(thread.join()).toBe(true);
      await ended;
      expect(thread.isAlive()).toBe(false);
    }
  });

  it('ends a thread that has not begun, also while this one blocks, and nothing of its run happens', async () => {
    const counter = new Counter();
    const thread = new Blocked(counter).start();
    const ended = thread.terminate();
    expect(thread.join({ timeout: 120_000 })).toBe(true);
    expect(thread.isAlive()).toBe(false);
    await ended;
    await thread.terminate();
    expect(await thread.joinAsync()).toBe(true);
    expect(counter.get()).toBe(0);
  });

  it('has given back what it held once it was joined, whichever way', async () => {
    const queue = new Queue<number>(0, { redeliver: true, maxDeliveries: 10 });
    queue.put(1);
    new Leaver(queue).start().join();
    expect([queue.qsize(), queue.empty()]).toEqual([1, false]);
    await new Leaver(queue).start().joinAsync();
    expect([queue.qsize(), queue.empty()]).toEqual([1, false]);
  });

  it('is refused before the start', async () => {
    expect(await rejectionOf(new Ender('return').terminate())).toMatchObject({
      code: 'POOL_THREAD_NOT_STARTED',
    });
  });
});

describe('start throws', () => {
  it('the second time', () => {
    const thread = new Ender('return').start();
    const error = thrownBy(() => thread.start());
    expect(error).toBeInstanceOf(ThreadStartError);
    expect(error).toMatchObject({ code: 'POOL_THREAD_ALREADY_STARTED' });
    expect(thrownBy(() => Object.assign(thread, { daemon: true }))).toMatchObject({
      code: 'POOL_THREAD_ALREADY_STARTED',
    });
    thread.join();
    expect(thrownBy(() => thread.start())).toMatchObject({ code: 'POOL_THREAD_ALREADY_STARTED' });
  });

  it.each([undefined, '', 'threads.ts', 5])('when the url is %s', (url) => {
    class WithoutUrl extends Thread {
      override run() {}
    }
    Object.assign(WithoutUrl, { url });
    const error = thrownBy(() => new WithoutUrl().start());
    expect(error).toMatchObject({
      code: 'POOL_THREAD_URL',
      message: expect.stringContaining('WithoutUrl.url'),
    });
  });

  it('when the class is not exported by its module', () => {
    const thread = hidden();
    const error = thrownBy(() => thread.start()) as Error;
    expect(error).toMatchObject({ code: 'POOL_THREAD_NOT_EXPORTED', name: 'ThreadNotExported' });
    expect(error.message).toContain("'Hidden'");
    expect(error.message).toContain('Witness');
    expect(thread.isAlive()).toBe(false);
    expect(thrownBy(() => thread.join())).toMatchObject({ code: 'POOL_THREAD_NOT_STARTED' });
  });

  it('when there is nothing to run', () => {
    expect(thrownBy(() => new WithoutRun().start())).toMatchObject({ code: 'POOL_THREAD_RUN_MISSING' });
    const Base = Thread as unknown as new () => Thread;
    expect(thrownBy(() => new Base().start())).toMatchObject({ code: 'POOL_THREAD_RUN_MISSING' });
  });

  it('when a field cannot travel, naming it, and nothing has been started', () => {
    const thread = new Witness(new Queue(), { hooks: [1, () => 2] });
    expect(thrownBy(() => thread.start())).toMatchObject({
      code: 'POOL_THREAD_FIELD',
      path: 'baggage.hooks[1]',
      message: expect.stringContaining("'baggage.hooks[1]'"),
    });
    expect(thread.ident).toBeUndefined();
  });
});

describe('a module that cannot be loaded in the thread is an error of join', () => {
  it('with what its loading threw', () => {
    const thread = new FailsToLoad().start();
    const error = thrownBy(() => thread.join()) as Error;
    expect(error).toBeInstanceOf(ThreadLoadError);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause).toMatchObject({ message: 'not in a thread', own: 1 });
  });

  it('that it ended, when it ended the thread', () => {
    const thread = new ExitsWhileLoading().start();
    const error = thrownBy(() => thread.join()) as Error;
    expect(error).toBeInstanceOf(ThreadLoadError);
    expect(error.cause).toMatchObject({ name: 'WorkerDiedError', exitCode: 4 });
  });

  it('when it starts threads while a thread loads it', async () => {
    const { thread } = await import('../test/fixtures/starts-while-loading.ts');
    const error = (await rejectionOf(thread.joinAsync())) as Error;
    expect(error).toBeInstanceOf(ThreadLoadError);
    expect(error.cause).toMatchObject({ name: 'ThreadStartedWhileLoading' });
  });

  it('or of start, when its text does not show the class', () => {
    const error = thrownBy(() => makeFailsToLoadUnseen().start()) as Error;
    expect(error).toBeInstanceOf(ThreadLoadError);
    expect(error.cause).toMatchObject({ message: 'not in a thread either' });
  });
});

describe('an error out of run', () => {
  it('is thrown by join and joinAsync, as often as they are called', async () => {
    const thread = new Ender('throw').start();
    const error = thrownBy(() => thread.join()) as Error;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('out of range');
    expect(await rejectionOf(thread.joinAsync())).toBe(error);
    expect(thread.isAlive()).toBe(false);
  });

  it('shows both sides in its stack', async () => {
    const { stack } = (await rejectionOf(new Ender('throw').start().joinAsync())) as Error;
    expect(stack).toMatch(
      /Ender\.run.*fixtures.threads\.ts[\s\S]*at thread 'ender', started[\s\S]*thread\.threads\.test/,
    );
  });

  it('keeps its own fields', async () => {
    const error = await rejectionOf(new Ender('reject late').start().joinAsync());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'late', detail: { at: [1, 2] } });
  });

  it('keeps its registered class and its cause', async () => {
    const error = (await rejectionOf(new Ender('throw registered').start().joinAsync())) as QuotaExceeded;
    expect(error).toBeInstanceOf(QuotaExceeded);
    expect(error.limit).toBe(7);
    expect(error.cause).toBeInstanceOf(SyntaxError);
    expect((error.cause as Error).message).toBe('the cause');
  });

  it("is of its own class when it is one of this project's", () => {
    expect(thrownBy(() => new Ender('throw queue error').start().join())).toBeInstanceOf(QueueEmpty);
  });

  it('keeps the errors of an AggregateError', async () => {
    const error = (await rejectionOf(new Ender('throw aggregate').start().joinAsync())) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors[0]).toBeInstanceOf(TypeError);
    expect(error.errors[1]).toBe('second');
  });

  it('may be its own cause', async () => {
    const error = (await rejectionOf(new Ender('throw cycle').start().joinAsync())) as Error;
    expect(error.cause).toBe(error);
  });

  it('may have a field that lies deeper than the stack of the joiner reaches', async () => {
    const deep = { message: 'deep', field: expect.any(String) };
    expect(await rejectionOf(new Ender('throw deep field').start().joinAsync())).toMatchObject(deep);
    const thread = new Ender('throw deep field').start();
    for (const _ of [1, 2]) expect(thrownBy(() => thread.join())).toMatchObject(deep);
  });

  it('may be anything', async () => {
    expect(await rejectionOf(new Ender('throw string').start().joinAsync())).toBe('just text');
    expect(await rejectionOf(new Ender('throw function').start().joinAsync())).toBe('[Function (anonymous)]');
  });
});

describe('a thread for which there is no room', () => {
  it('is ended, and can be started when there is room', async () => {
    const others = Array.from({ length: 1025 }, (_, i) =>
      Object.assign(new EventEmitter(), { threadId: 1_000_001 + i, terminate: async () => 0 }),
    );
    const started: Worker[] = [];
    const onStart = (message: unknown) => void started.push((message as { worker: Worker }).worker);
    subscribe('worker_threads', onStart);
    try {
      const fill = () => {
        for (const other of others) supervise(other as never);
      };
      expect(fill).toThrow(/1024 threads are supervised already/);
      const thread = new Ender('throw string');
      expect(() => thread.start()).toThrow(/1024 threads are supervised already/);
      expect(thread.isAlive()).toBe(false);
      expect(started).toHaveLength(1);
      await once(started[0]!, 'exit');
      for (const other of others) other.emit('exit', 0);
      expect(await rejectionOf(thread.start().joinAsync())).toBe('just text');
    } finally {
      unsubscribe('worker_threads', onStart);
    }
  });
});

describe('a thread that dies', () => {
  it.each([
    ['exit 3', { exitCode: 3, message: expect.stringContaining('process.exit(3)') }],
    ['exit 0', { exitCode: 0 }],
    ['dry', { exitCode: 0, message: expect.stringContaining('nothing was left to settle') }],
    ['uncaught', { exitCode: 1, cause: expect.objectContaining({ message: 'in a timer', own: 1 }) }],
    ['unhandled rejection', { exitCode: 1, cause: expect.objectContaining({ message: 'nobody catches' }) }],
  ])('by %s is told to those who join', async (how, shape) => {
    const blocking = thrownBy(() => new Ender(how).start().join());
    const promised = await rejectionOf(new Ender(how).start().joinAsync());
    for (const error of [blocking, promised]) {
      expect(error).toBeInstanceOf(WorkerDiedError);
      expect(error).toMatchObject({ code: 'POOL_WORKER_DIED', threadName: 'ender', ...shape });
    }
  });

  it('keeps the class of what nobody caught', () => {
    expect((thrownBy(() => new Ender('uncaught').start().join()) as Error).cause).toBeInstanceOf(RangeError);
  });

  it('has not died when a handler of its own caught the error', () => {
    expect(new Ender('swallow').start().join()).toBe(true);
  });
});
