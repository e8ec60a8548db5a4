/** What holds on the main thread of a page, where blocking is forbidden. */
import {
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueTimeout,
  SimpleQueue,
} from '@pkg/queue';
import {
  Barrier,
  BlockingForbidden,
  Condition,
  canBlock,
  Event,
  LockTimeout,
  Mutex,
  Semaphore,
  supervise,
} from '@pkg/sync';
import { equal, fails } from '../checks/expect.ts';
import { webEngine } from './web-engine.ts';

/** Every blocking verb throws at once, whether it would have to wait or not, changes nothing, and names its twin. */
async function blockingVerbs(): Promise<void> {
  equal([crossOriginIsolated, canBlock()], [true, false]);
  const empty = new Queue<number>();
  const full = new Queue<number>(1);
  full.putNowait(1);
  const mutex = new Mutex();
  const condition = new Condition(mutex);
  const guard = mutex.tryLock()!;
  const set = new Event();
  set.set();
  const barrier = new Barrier(2);
  const semaphore = new Semaphore(1);
  const free = new Mutex();
  const verbs: [twin: string, act: () => unknown][] = [
    ...[empty, full, new LifoQueue<number>(), new PriorityQueue<number>(), new SimpleQueue<number>()].flatMap(
      (queue): [string, () => unknown][] => [
        ['getAsync', () => queue.get()],
        ['getAsync', () => queue.get({ timeout: 5 })],
        ['getManyAsync', () => queue.getMany(3)],
        ['putAsync', () => queue.put(2)],
        ['putManyAsync', () => queue.putMany([2, 3])],
        ['getAsync', () => [...queue]],
      ],
    ),
    ['joinAsync', () => empty.join()],
    ['joinAsync', () => full.join()],
    ['mutex.lockAsync', () => free.lock()],
    ['mutex.lockAsync', () => free.lock({ timeout: 5 })],
    ['condition.waitAsync', () => condition.wait()],
    ['condition.waitForAsync', () => condition.waitFor(() => false)],
    ['semaphore.acquireAsync', () => semaphore.acquire()],
    ['event.waitAsync', () => new Event().wait()],
    ['event.waitAsync', () => set.wait()],
    ['barrier.waitAsync', () => barrier.wait()],
  ];
  for (const [twin, act] of verbs) {
    const error = await fails(act, BlockingForbidden);
    equal(error.code, 'SYNC_BLOCKING_FORBIDDEN');
    if (!error.message.includes(`await ${twin}()`)) throw error;
  }
  equal([empty.qsize(), full.qsize(), full.unfinishedTasks], [0, 1, 1]);
  equal([mutex.isMine, free.isLocked, semaphore.value, barrier.nWaiting], [true, false, 1, 0]);
  guard.unlock();
}

/** With a timeout of 0 the verbs do not block, and are allowed. */
async function withoutWaiting(): Promise<void> {
  const now = { timeout: 0 };
  const queue = new Queue<number>(1);
  queue.put(1, now);
  await fails(() => queue.put(2, now), QueueFull);
  await fails(() => queue.join(now), QueueTimeout);
  equal(queue.get(now), 1);
  await fails(() => queue.get(now), QueueEmpty);
  queue.taskDone();
  queue.join(now);
  queue.putMany([1], now);
  equal(queue.getMany(5, now), [1]);
  const [mutex, begin, done] = [new Mutex(), new Event(), new Event()];
  mutex.lock(now).unlock();
  const holder = await webEngine.start('hold', { form: 'blocking', mutex, begin, done });
  await begin.waitAsync();
  await fails(() => mutex.lock(now), LockTimeout);
  done.set();
  await holder.ended;
  equal([new Semaphore(1).acquire(now), new Semaphore(0).acquire(now), begin.wait(now)], [true, false, true]);
}

/** Nobody is told of the end of a worker here, and `supervise` says so. */
async function supervision(): Promise<void> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
  const error = await fails(() => supervise(worker as never), TypeError);
  if (!/web Worker: nobody is told of the end of one/.test(error.message)) throw error;
  worker.terminate();
}

export const PAGE_CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  'blocking verbs throw at once and name their twins': blockingVerbs,
  'verbs that do not wait are allowed': withoutWaiting,
  'supervise() refuses the workers of the web': supervision,
};
