import { type BlockingQueue, type Queue, QueueShutDown } from '@pkg/queue';
import type { Barrier, Condition, Event, Mutex, Semaphore } from '@pkg/sync';
import { call, type Form } from './engine.ts';

/** A queue of any kind: only some have tasks. */
export type AnyQueue<T> = BlockingQueue<T> & Partial<Pick<Queue<T>, 'taskDone'>>;

/** What a consumer took. */
export interface Total {
  count: number;
  sum: number;
}

/** The item that ends a consumer, in queues without a shutdown too. It is not counted. */
export const END = -1;

/** What {@link ROLES} that meet at everything have in common; see `primitives.ts`. */
export interface Meeting {
  readonly mutex: Mutex;
  readonly condition: Condition;
  readonly semaphore: Semaphore;
  readonly begin: Event;
  readonly done: Event;
  readonly barrier: Barrier;
  readonly words: Int32Array;
}

/** How often each party of a {@link Meeting} takes the mutex and a permit, and how often all meet. */
export const TURNS = 300;
export const ROUNDS = 30;

/** The words of a {@link Meeting}. */
export const [UNDER_MUTEX, WITH_PERMIT, MOST_PERMITS, ARRIVED, TOLD, ANSWERED] = [0, 1, 2, 3, 4, 5];

/** What one party of a {@link Meeting} does up to the condition. */
export async function meet(form: Form, meeting: Meeting): Promise<void> {
  const { mutex, semaphore, barrier, words } = meeting;
  for (let i = 0; i < TURNS; i++) {
    const guard = await call(form, mutex, 'lock');
    // Plain on purpose: only the mutex keeps the others out.
    const before = words[UNDER_MUTEX]!;
    if (i % 50 === 0) await undefined;
    words[UNDER_MUTEX] = before + 1;
    guard.unlock();
    await call(form, semaphore, 'acquire');
    const inside = Atomics.add(words, WITH_PERMIT, 1) + 1;
    if (inside > Atomics.load(words, MOST_PERMITS)) Atomics.store(words, MOST_PERMITS, inside);
    Atomics.sub(words, WITH_PERMIT, 1);
    semaphore.release();
  }
  for (let round = 1; round <= ROUNDS; round++) {
    Atomics.add(words, ARRIVED, 1);
    await call(form, barrier, 'wait');
    const arrived = Atomics.load(words, ARRIVED);
    if (arrived !== barrier.parties * round) throw new Error(`${arrived} had arrived in round ${round}`);
    await call(form, barrier, 'wait');
  }
}

/** What threads of the checks do. */
export const ROLES = {
  /** Puts the numbers of `from` to `to`, without the latter. */
  async produce({
    form,
    queue,
    from,
    to,
  }: {
    form: Form;
    queue: AnyQueue<number>;
    from: number;
    to: number;
  }) {
    for (let i = from; i < to; i++) await call(form, queue, 'put', i);
  },

  /** Puts the numbers of `from` to `to` in batches. */
  async produceBatches(data: {
    form: Form;
    queue: AnyQueue<number>;
    from: number;
    to: number;
    size: number;
  }) {
    for (let first = data.from; first < data.to; first += data.size) {
      const length = Math.min(data.size, data.to - first);
      const batch = Array.from({ length }, (_, i) => first + i);
      await call(data.form, data.queue, 'putMany', batch);
    }
  },

  /** Takes numbers until {@link END}, and notes each as done. */
  async consume({ form, queue, results }: { form: Form; queue: AnyQueue<number>; results: Queue<Total> }) {
    const total: Total = { count: 0, sum: 0 };
    for (;;) {
      const number = await call(form, queue, 'get');
      queue.taskDone?.();
      if (number === END) break;
      total.count++;
      total.sum += number;
    }
    await call(form, results, 'put', total);
  },

  /** Takes numbers in a loop statement until the queue is shut down and drained, and notes each as done. */
  async iterate({ form, queue, results }: { form: Form; queue: AnyQueue<number>; results: Queue<Total> }) {
    const total: Total = { count: 0, sum: 0 };
    const take = (number: number) => {
      total.count++;
      total.sum += number;
      queue.taskDone?.();
    };
    if (form === 'blocking') for (const number of queue) take(number);
    else for await (const number of queue) take(number);
    await call(form, results, 'put', total);
  },

  /** Takes batches until the queue is shut down and drained, and notes each as done. */
  async consumeBatches(data: { form: Form; queue: Queue<number>; results: Queue<Total>; max: number }) {
    const total: Total = { count: 0, sum: 0 };
    try {
      for (;;) {
        const batch = await call(data.form, data.queue, 'getMany', data.max);
        if (batch.length < 1 || batch.length > data.max) throw new Error(`a batch of ${batch.length}`);
        total.count += batch.length;
        for (const number of batch) total.sum += number;
        data.queue.taskDone(batch.length);
      }
    } catch (error) {
      if (!(error instanceof QueueShutDown)) throw error;
    }
    await call(data.form, data.results, 'put', total);
  },

  /** Sends `count` items back. */
  async echo(data: { form: Form; there: AnyQueue<unknown>; back: AnyQueue<unknown>; count: number }) {
    for (let i = 0; i < data.count; i++) {
      await call(data.form, data.back, 'put', await call(data.form, data.there, 'get'));
    }
  },

  /** Takes one item, or learns of the shutdown; tells the code of the error. */
  async getOrEnd({ form, queue, told }: { form: Form; queue: AnyQueue<unknown>; told: Queue<string> }) {
    try {
      await call(form, queue, 'get');
      queue.taskDone?.();
      await call(form, told, 'put', 'an item');
    } catch (error) {
      await call(form, told, 'put', (error as { code: string }).code);
    }
  },

  /** Puts one item, or learns of the shutdown; tells the code of the error. */
  async putOrEnd({ form, queue, told }: { form: Form; queue: AnyQueue<unknown>; told: Queue<string> }) {
    try {
      await call(form, queue, 'put', 'more');
      await call(form, told, 'put', 'put');
    } catch (error) {
      await call(form, told, 'put', (error as { code: string }).code);
    }
  },

  /** Waits until all is done. */
  async join({ form, queue, told }: { form: Form; queue: Queue<unknown>; told: Queue<string> }) {
    await call(form, queue, 'join');
    await call(form, told, 'put', 'joined');
  },

  /** Takes its turn at everything that threads wait at. */
  async meet({ form, ...meeting }: Meeting & { form: Form }) {
    const { mutex, condition, begin, done, words } = meeting;
    await call(form, begin, 'wait');
    await meet(form, meeting);
    const guard = await call(form, mutex, 'lock');
    await call(form, condition, 'waitFor', () => words[TOLD] === 1);
    words[ANSWERED] = words[ANSWERED]! + 1;
    condition.notifyAll();
    guard.unlock();
    await call(form, done, 'wait');
  },

  /** Holds the mutex until the event is set. */
  async hold({ form, mutex, begin, done }: { form: Form; mutex: Mutex; begin: Event; done: Event }) {
    const guard = await call(form, mutex, 'lock');
    begin.set();
    await call(form, done, 'wait');
    guard.unlock();
  },

  /** Throws. */
  async fail({ message }: { message: string }) {
    throw new RangeError(message);
  },
};

export type RoleName = keyof typeof ROLES;

/** What a role is given: shared objects among it arrive attached to the same memory. */
export type RoleData<N extends RoleName> = Parameters<(typeof ROLES)[N]>[0];

/** Plays a role that is known by name only. */
export const play = (role: RoleName, data: object): Promise<void> =>
  (ROLES[role] as (data: object) => Promise<void>)(data);
