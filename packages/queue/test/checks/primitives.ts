import {
  Barrier,
  BrokenBarrierError,
  Condition,
  DeadlockError,
  Event,
  LockNotHeld,
  LockTimeout,
  Mutex,
  Semaphore,
} from '@pkg/sync';
import { type Check, call, type Engine, type Form, inBothForms, otherForm } from './engine.ts';
import { equal, fails } from './expect.ts';
import {
  ANSWERED,
  ARRIVED,
  type Meeting,
  MOST_PERMITS,
  meet,
  ROUNDS,
  TOLD,
  TURNS,
  UNDER_MUTEX,
  WITH_PERMIT,
} from './roles.ts';

/** Short enough to be waited for, and no matter how long it takes. */
const TIMEOUT = 20;

/** Two threads and this one meet at everything that threads wait at. */
async function meetAll(engine: Engine, form: Form): Promise<void> {
  const mutex = new Mutex();
  const meeting: Meeting = {
    mutex,
    condition: new Condition(mutex),
    semaphore: new Semaphore(2),
    begin: new Event(),
    done: new Event(),
    barrier: new Barrier(3),
    words: new Int32Array(new SharedArrayBuffer(64)),
  };
  const { condition, semaphore, begin, done, words } = meeting;
  const partners = await Promise.all(
    [0, 1].map(() => engine.start('meet', { form: otherForm(form), ...meeting })),
  );
  begin.set();
  await meet(form, meeting);
  const guard = await call(form, mutex, 'lock');
  words[TOLD] = 1;
  condition.notifyAll();
  equal(await call(form, condition, 'waitFor', () => words[ANSWERED] === 2), true);
  equal(mutex.isMine, true);
  guard.unlock();
  done.set();
  for (const { ended } of partners) await ended;
  equal([words[UNDER_MUTEX], words[WITH_PERMIT], words[ARRIVED]], [3 * TURNS, 0, 3 * ROUNDS]);
  if (words[MOST_PERMITS]! > 2) throw new Error(`${words[MOST_PERMITS]} had a permit at once, of 2`);
  equal([mutex.isLocked, semaphore.value], [false, 2]);
}

/** A lock that another thread has: it is the same one, by its handle. */
async function hold(engine: Engine, form: Form): Promise<void> {
  const [mutex, begin, done] = [new Mutex(), new Event(), new Event()];
  const holder = await engine.start('hold', { form: otherForm(form), mutex, begin, done });
  equal(await call(form, begin, 'wait'), true);
  equal([mutex.isLocked, mutex.isMine, mutex.tryLock()], [true, false, undefined]);
  for (const timeout of [0, TIMEOUT]) await fails(() => call(form, mutex, 'lock', { timeout }), LockTimeout);
  await fails(() => mutex.unlock(), LockNotHeld);
  done.set();
  const guard = await call(form, mutex, 'lock');
  equal([guard.abandoned, mutex.isMine], [false, true]);
  guard[Symbol.dispose]();
  equal(mutex.isLocked, false);
  await holder.ended;
}

/** Verbs give up in time. */
async function timeOut(_engine: Engine, form: Form): Promise<void> {
  for (const timeout of [0, TIMEOUT]) {
    equal(await call(form, new Semaphore(0), 'acquire', { timeout }), false);
    equal(await call(form, new Event(), 'wait', { timeout }), false);
    const barrier = new Barrier(2);
    await fails(() => call(form, barrier, 'wait', { timeout }), BrokenBarrierError);
    equal(barrier.broken, true);
    const mutex = new Mutex();
    const condition = new Condition(mutex);
    await fails(() => call(form, condition, 'wait', { timeout }), LockNotHeld);
    const guard = await call(form, mutex, 'lock');
    equal(await call(form, condition, 'wait', { timeout }), false);
    equal(await call(form, condition, 'waitFor', () => false, { timeout }), false);
    equal(mutex.isMine, true);
    guard.unlock();
  }
  for (const timeout of [-1, Number.NaN]) {
    await fails(() => call(form, new Event(), 'wait', { timeout }), RangeError);
  }
}

/** Aborted promises reject with the reason, and leave everything as it was. */
async function abort(): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error('called off');
  const [mutex, held] = [new Mutex(), new Mutex()];
  const guards = [mutex.tryLock()!, held.tryLock()!];
  const barrier = new Barrier(2);
  const pending = [
    new Event().waitAsync({ signal }),
    new Semaphore(0).acquireAsync({ signal }),
    barrier.waitAsync({ signal }),
    new Condition(mutex).waitAsync({ signal }),
    held.lockAsync({ signal }),
  ];
  const settled = Promise.allSettled<unknown>(pending);
  controller.abort(reason);
  for (const outcome of await settled) {
    equal(outcome.status, 'rejected');
    if (outcome.status === 'rejected' && outcome.reason !== reason) throw outcome.reason;
  }
  equal([mutex.isMine, held.isMine, barrier.broken, barrier.nWaiting], [true, true, false, 0]);
  for (const guard of guards) guard.unlock();
}

/** What a thread throws reaches whoever waits for it: else no check could fail in a thread. */
async function fail(engine: Engine): Promise<void> {
  const thread = await engine.start('fail', { message: 'on purpose' });
  const error = await fails(() => thread.ended, Error);
  if (!/on purpose/.test(String(error))) throw error;
}

/** A thread does not wait for itself. */
async function deadlock(): Promise<void> {
  const mutex = new Mutex();
  const guard = mutex.lock();
  await fails(() => mutex.lock(), DeadlockError);
  guard.unlock();
}

/** The primitives between threads. */
export const primitiveChecks: readonly Check[] = [
  ...inBothForms('threads meet at all primitives', meetAll),
  ...inBothForms('a lock that another thread has', hold),
  ...inBothForms('timeouts of primitives run out', timeOut),
  { name: 'promises of primitives can be aborted', form: 'async', run: abort },
  { name: 'a thread that would wait for itself is told', form: 'blocking', run: deadlock },
  { name: 'what a thread throws is seen', form: 'async', run: fail },
];
