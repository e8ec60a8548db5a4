import {
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  QueueTimeout,
  SimpleQueue,
} from '@pkg/queue';
import { type Check, call, type Engine, type Form, inBothForms, otherForm } from './engine.ts';
import { equal, fails } from './expect.ts';
import { KIND_NAMES, KINDS, type KindName } from './kinds.ts';
import { type AnyQueue, END, type Total } from './roles.ts';

/** Short enough to be waited for, and no matter how long it takes. */
const TIMEOUT = 20;

const NUMBERS = 600;
const SUM = (NUMBERS * (NUMBERS - 1)) / 2;

const add = (a: Total, b: Total): Total => ({ count: a.count + b.count, sum: a.sum + b.sum });

/** What is there now: whoever else takes may have left nothing. */
function takeAtOnce(queue: AnyQueue<number>, max: number): number[] {
  try {
    return queue.getMany(max, { timeout: 0 });
  } catch (error) {
    if (error instanceof QueueEmpty) return [];
    throw error;
  }
}

/** Two threads and this one put, and two threads and this one take, all at once. */
async function contend(engine: Engine, form: Form, queue: AnyQueue<number>): Promise<void> {
  const threads = otherForm(form);
  const results = new Queue<Total>();
  const third = NUMBERS / 3;
  const producers = await Promise.all(
    [0, third].map((from) => engine.start('produce', { form: threads, queue, from, to: from + third })),
  );
  const consumers = await Promise.all(
    [0, 1].map(() => engine.start('consume', { form: threads, queue, results })),
  );
  let own: Total = { count: 0, sum: 0 };
  for (let i = 2 * third; i < NUMBERS; i++) {
    await call(form, queue, 'put', i);
    for (const number of takeAtOnce(queue, 1)) {
      own = add(own, { count: 1, sum: number });
      queue.taskDone?.();
    }
  }
  for (const { ended } of producers) await ended;
  if (!(queue instanceof SimpleQueue)) await call(form, queue as Queue<number>, 'join');
  for (const _ of consumers) await call(form, queue, 'put', END);
  const totals = [await call(form, results, 'get'), await call(form, results, 'get')];
  for (const { ended } of consumers) await ended;
  equal(totals.reduce(add, own), { count: NUMBERS, sum: SUM });
  equal(queue.qsize(), 0);
}

/** Two threads and this one take in loop statements, until the shutdown. */
async function iterate(engine: Engine, form: Form, queue: Queue<number>): Promise<void> {
  const results = new Queue<Total>();
  const consumers = await Promise.all(
    [0, 1].map(() => engine.start('iterate', { form: otherForm(form), queue, results })),
  );
  for (let i = 0; i < NUMBERS; i++) await call(form, queue, 'put', i);
  await call(form, queue, 'join');
  equal(queue.unfinishedTasks, 0);
  queue.shutdown();
  const totals = [await call(form, results, 'get'), await call(form, results, 'get')];
  for (const { ended } of consumers) await ended;
  if (form === 'blocking') for (const _ of queue) throw new Error('an item after the end');
  else for await (const _ of queue) throw new Error('an item after the end');
  equal(totals.reduce(add), { count: NUMBERS, sum: SUM });
}

/** Batches from a thread and from this one, to a thread and to this one. */
async function batches(engine: Engine, form: Form): Promise<void> {
  const threads = otherForm(form);
  const queue = new Queue<number>(40);
  const results = new Queue<Total>();
  const consumer = await engine.start('consumeBatches', { form: threads, queue, results, max: 7 });
  const producer = await engine.start('produceBatches', {
    form: threads,
    queue,
    from: 0,
    to: NUMBERS / 2,
    // More than there are places.
    size: 90,
  });
  let own: Total = { count: 0, sum: 0 };
  for (let from = NUMBERS / 2; from < NUMBERS; from += 30) {
    const batch = Array.from({ length: 30 }, (_, i) => from + i);
    await call(form, queue, 'putMany', batch);
    for (const number of takeAtOnce(queue, 5)) {
      own = add(own, { count: 1, sum: number });
      queue.taskDone();
    }
  }
  await producer.ended;
  await call(form, queue, 'join');
  queue.shutdown();
  equal(add(own, await call(form, results, 'get')), { count: NUMBERS, sum: SUM });
  await consumer.ended;
}

/** The queue grows to 10 MB before a thread attaches to it, and again and again after that. */
async function grow(engine: Engine, form: Form, queue: AnyQueue<unknown>): Promise<void> {
  const back = new Queue<unknown>();
  const bytes = (i: number) => new Uint8Array(500_000).fill(i);
  const count = 20;
  for (let i = 0; i < count; i++) await call(form, queue, 'put', [i, bytes(i)]);
  const rounds = 2;
  const echo = await engine.start('echo', {
    form: otherForm(form),
    there: queue,
    back,
    count: rounds * count,
  });
  // How often each is on its way: a LIFO queue may send one of them back more often than others.
  const underWay = new Array<number>(count).fill(1);
  for (let i = 0; i < rounds * count; i++) {
    const [number, content] = (await call(form, back, 'get')) as [number, Uint8Array];
    equal(content, bytes(number), `item ${number}`);
    underWay[number]!--;
    if (i >= (rounds - 1) * count) continue;
    await call(form, queue, 'put', [number, content]);
    underWay[number]!++;
  }
  equal(underWay, new Array(count).fill(0));
  await echo.ended;
}

/** Puts wait for memory, and what can never fit is refused. */
async function boundMemory(engine: Engine, form: Form): Promise<void> {
  const queue = new Queue<Uint8Array>(0, { maxBytes: 1 << 20 });
  await fails(() => call(form, queue, 'put', new Uint8Array(2 << 20)), RangeError);
  let count = 0;
  await fails(() => {
    for (; ; count++) queue.putNowait(new Uint8Array(50_000).fill(count));
  }, QueueFull);
  const back = new Queue<unknown>();
  const more = 40;
  const echo = await engine.start('echo', {
    form: otherForm(form),
    there: queue as AnyQueue<unknown>,
    back,
    count: count + more,
  });
  for (let i = 0; i < more; i++) await call(form, queue, 'put', new Uint8Array(50_000).fill(count + i));
  for (let i = 0; i < count + more; i++) {
    equal(await call(form, back, 'get'), new Uint8Array(50_000).fill(i), `item ${i}`);
  }
  await echo.ended;
}

/** Each kind has its order, and tells how full it is. */
async function order(_engine: Engine, form: Form): Promise<void> {
  for (const [queue, expected] of [
    [new Queue<number>(3), [2, 3, 1]],
    [new LifoQueue<number>(3), [1, 3, 2]],
    [new PriorityQueue<number>(3), [1, 2, 3]],
    [new SimpleQueue<number>(), [2, 3, 1]],
  ] as const) {
    equal([queue.empty(), queue.full(), queue.qsize()], [true, false, 0]);
    for (const number of [2, 3, 1]) await call(form, queue as Queue<number>, 'put', number);
    equal([queue.empty(), queue.full(), queue.qsize()], [false, !(queue instanceof SimpleQueue), 3]);
    equal(await call(form, queue as Queue<number>, 'getMany', 9), expected, queue.constructor.name);
  }
  const tied = new PriorityQueue<[number, string]>();
  await call(form, tied, 'putMany', [
    [2, 'c'],
    [1, 'a'],
    [1, 'b'],
  ]);
  equal(
    [tied.getNowait(), tied.getNowait(), tied.getNowait()].map(([, name]) => name),
    ['a', 'b', 'c'],
  );
}

/** A shutdown ends whoever waits for an item; what is queued is taken first. */
async function shutDown(engine: Engine, form: Form): Promise<void> {
  const [queue, told] = [new Queue<unknown>(), new Queue<string>()];
  const thread = otherForm(form);
  const getters = await Promise.all(
    [0, 1, 2].map(() => engine.start('getOrEnd', { form: thread, queue, told })),
  );
  await call(form, queue, 'put', 'one');
  queue.shutdown();
  queue.shutdown();
  const words = [];
  for (const { ended } of getters) {
    await ended;
    words.push(told.getNowait());
  }
  equal(words.sort(), ['QUEUE_SHUT_DOWN', 'QUEUE_SHUT_DOWN', 'an item']);
  await fails(() => call(form, queue, 'put', 'late'), QueueShutDown);
  await fails(() => call(form, queue, 'get'), QueueShutDown);
  equal([queue.isShutDown, queue.qsize(), queue.unfinishedTasks], [true, 0, 0]);
}

/** A shutdown at once drops what is queued; `join` waits for what was taken before. */
async function shutDownAtOnce(engine: Engine, form: Form): Promise<void> {
  const [queue, told, joined] = [new Queue<unknown>(2), new Queue<string>(), new Queue<string>()];
  const thread = otherForm(form);
  await call(form, queue, 'putMany', ['taken', 'dropped']);
  equal(await call(form, queue, 'get'), 'taken');
  await call(form, queue, 'put', 'dropped');
  const putters = await Promise.all(
    [0, 1].map(() => engine.start('putOrEnd', { form: thread, queue, told })),
  );
  const joiner = await engine.start('join', { form: thread, queue, told: joined });
  queue.shutdown({ immediate: true });
  for (const { ended } of putters) {
    await ended;
    equal(told.getNowait(), 'QUEUE_SHUT_DOWN');
  }
  equal([queue.qsize(), queue.unfinishedTasks, joined.qsize()], [0, 1, 0]);
  queue.taskDone();
  await joiner.ended;
  equal(joined.getNowait(), 'joined');
}

/** `join` waits until all is done, and not longer; done is done once. */
async function tasks(engine: Engine, form: Form): Promise<void> {
  const [queue, told] = [new Queue<unknown>(), new Queue<string>()];
  await call(form, queue, 'join');
  await call(form, queue, 'putMany', [1, 2, 3]);
  const joiner = await engine.start('join', { form: otherForm(form), queue, told });
  await call(form, queue, 'getMany', 3);
  queue.taskDone(2);
  equal([queue.unfinishedTasks, told.qsize()], [1, 0]);
  queue.taskDone();
  await joiner.ended;
  equal(told.qsize(), 1);
  await fails(() => queue.taskDone(), RangeError);
  await fails(() => queue.taskDone(Number.NaN), RangeError);
}

/** What waits is let in when the bound is raised, and a lowered bound throws nothing out. */
async function changeBound(engine: Engine, form: Form): Promise<void> {
  const [queue, told] = [new Queue<unknown>(1), new Queue<string>()];
  await call(form, queue, 'put', 'first');
  const putter = await engine.start('putOrEnd', { form: otherForm(form), queue, told });
  queue.maxsize = 2;
  await putter.ended;
  equal([told.getNowait(), queue.qsize()], ['put', 2]);
  queue.maxsize = 1;
  equal([queue.qsize(), queue.full()], [2, true]);
  await fails(() => queue.putNowait('third'), QueueFull);
}

/** Verbs give up in time, and leave everything as it was. */
async function timeOut(_engine: Engine, form: Form): Promise<void> {
  for (const kind of KIND_NAMES) {
    for (const timeout of [0, TIMEOUT]) {
      await fails(() => call(form, KINDS[kind](), 'get', { timeout }), QueueEmpty);
      await fails(() => call(form, KINDS[kind](), 'getMany', 5, { timeout }), QueueEmpty);
      if (kind === 'SimpleQueue') continue;
      const queue = KINDS[kind](1) as Queue<unknown>;
      await call(form, queue, 'put', 'first');
      await fails(() => call(form, queue, 'put', 'second', { timeout }), QueueFull);
      await fails(() => call(form, queue, 'join', { timeout }), QueueTimeout);
      const refusal = await fails(() => call(form, queue, 'putMany', ['second'], { timeout }), QueueFull);
      equal(refusal.accepted, 0);
      equal([queue.qsize(), queue.unfinishedTasks], [1, 1]);
    }
  }
  const queue = new Queue<unknown>();
  for (const timeout of [-1, Number.NaN])
    await fails(() => call(form, queue, 'get', { timeout }), RangeError);
}

/** Aborted promises reject with the reason, and leave everything as it was. */
async function abort(): Promise<void> {
  const queue = new Queue<unknown>(1);
  await queue.putAsync('first');
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error('called off');
  const pending = [
    new SimpleQueue<unknown>().getAsync({ signal }),
    new LifoQueue<unknown>().getManyAsync(3, { signal }),
    queue.putAsync('second', { signal }),
    queue.putManyAsync(['second', 'third'], { signal }),
    queue.joinAsync({ signal }),
  ];
  const settled = Promise.allSettled(pending);
  controller.abort(reason);
  for (const outcome of await settled) {
    equal(outcome.status, 'rejected');
    if (outcome.status === 'rejected' && outcome.reason !== reason) throw outcome.reason;
  }
  equal([queue.getNowait(), queue.qsize(), queue.unfinishedTasks], ['first', 0, 1]);
  const aborted = await fails(() => queue.getAsync({ signal: AbortSignal.abort() }), DOMException);
  equal(aborted.name, 'AbortError');
  const late = await fails(() => queue.getAsync({ signal: AbortSignal.timeout(TIMEOUT) }), DOMException);
  equal(late.name, 'TimeoutError');
}

/** A queue of numbers, which are their priorities too. */
const numbers = (kind: KindName): AnyQueue<number> =>
  kind === 'PriorityQueue' ? new PriorityQueue<number>(5) : (KINDS[kind](5) as AnyQueue<number>);

/** Queues between threads. */
export const queueChecks: readonly Check[] = [
  ...KIND_NAMES.flatMap((kind) => [
    ...inBothForms(`${kind}: three put and three take`, (engine, form) =>
      contend(engine, form, numbers(kind)),
    ),
    ...inBothForms(`${kind}: grows while threads use it`, (engine, form) =>
      grow(engine, form, KINDS[kind]()),
    ),
  ]),
  ...inBothForms('Queue: loop statements end with the shutdown', (engine, form) =>
    iterate(engine, form, new Queue(5)),
  ),
  ...inBothForms('LifoQueue: loop statements end with the shutdown', (engine, form) =>
    iterate(engine, form, new LifoQueue<number>(5) as unknown as Queue<number>),
  ),
  ...inBothForms('Queue: batches', batches),
  ...inBothForms('each kind has its order', order),
  ...inBothForms('puts wait for memory', boundMemory),
  ...inBothForms('a shutdown ends who waits', shutDown),
  ...inBothForms('a shutdown at once drops what is queued', shutDownAtOnce),
  ...inBothForms('join waits until all is done', tasks),
  ...inBothForms('the bound can be changed', changeBound),
  ...inBothForms('timeouts run out', timeOut),
  { name: 'promises can be aborted', form: 'async', run: abort },
];
