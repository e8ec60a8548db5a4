/**
 * Threads that die at random instants while they use a queue. Nothing is lost, nothing is delivered that was done,
 * no survivor hangs, `join` returns, memory is back.
 *
 * `DEATHS=20000 SEED=1 npx vitest run --project threads packages/queue/test/deaths` for a deep run. Threads decide
 * when exactly, so a seed repeats the kind of run and not each step of it.
 */
import { type MessagePort, Worker } from 'node:worker_threads';
import { supervise } from '@pkg/sync';
import { createLivenessProbe } from '@pkg/sync/kernel';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { TaskQueue } from '../src/task-queue.ts';
import { bundle } from './fixtures/bundle.ts';
import { runChild } from './fixtures/child.ts';
import { kinds } from './fixtures/kinds.ts';
import { DONE, DONE_MEANT, ITEMS_PER_THREAD, Ledger, PUT, PUT_MEANT } from './fixtures/ledger.ts';
import { refTo } from './fixtures/queue-ref.ts';
import { randomFrom } from './fixtures/random.ts';
import { Threads } from './fixtures/threads.ts';
import type { DeathItem, VictimData } from './fixtures/victim.fixture.ts';
import { until, waitersFor } from './fixtures/waiting.ts';

const DEATHS = Number(process.env['DEATHS'] ?? 500);
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Victims that are alive at once. */
const AT_ONCE = 5;
const MAX_DELIVERIES = 3;
/** Threads' worth of items that this thread puts at the most. */
const FEEDS = 4;
/** A hang fails instead of lasting. */
const LONG = { timeout: 120_000 };

const threads = new Threads();
afterEach(() => threads.dropBusy());
afterAll(() => threads.close());

/** The longest that a victim lives after it has begun, in milliseconds. */
const LIFE = 40;
const TIMEOUT = 600_000 + DEATHS * 200;

interface Plan {
  readonly deaths: number;
  readonly seed: number;
  readonly redeliver: boolean;
  readonly ending: VictimData['ending'];
  /** Nobody else takes items before all victims are dead: so many are delivered again and again. */
  readonly alone?: boolean;
}

/** Starts and ends one victim. */
async function die(data: VictimData, life: number): Promise<void> {
  // By the probe this thread notices the end of one victim while it waits for a lock that the victim held.
  const probe = createLivenessProbe();
  const port = probe.port as unknown as MessagePort;
  const worker = new Worker(bundle('victim.fixture.ts'), {
    workerData: { ...data, probe: port },
    transferList: [port],
  });
  const supervision = supervise(worker, probe);
  let error: Error | undefined;
  worker.on('error', (thrown: Error) => {
    error = thrown;
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  if (data.ending === 'none') {
    let over = false;
    ended.then(() => {
      over = true;
    });
    await until('the victim has begun', () => over || Atomics.load(data.steps, 0) > 0);
    await new Promise((resolve) => setTimeout(resolve, life));
    await supervision.terminate();
  }
  await ended;
  if (error !== undefined && error.message !== 'on purpose') throw error;
}

/** Puts items from this thread, which lives on. */
async function feedAll(queue: TaskQueue<DeathItem>, ledger: Ledger, ids: readonly number[]): Promise<void> {
  ledger.note(ids, PUT_MEANT);
  await queue.putManyAsync(ids.map((id): DeathItem => [id, new Uint8Array(10).fill(id)]));
  ledger.note(ids, PUT);
}

async function massacre(queue: TaskQueue<DeathItem>, plan: Plan): Promise<void> {
  const { deaths, seed, redeliver, ending, alone = false } = plan;
  const random = randomFrom(seed);
  const idle = queue.stats().bytesInUse;
  const ref = refTo(queue);
  const ledger = Ledger.create(deaths + FEEDS);
  const feed = { next: deaths * ITEMS_PER_THREAD, end: (deaths + FEEDS) * ITEMS_PER_THREAD };
  const startSurvivors = () => [
    threads.run('survive', 'blocking', ref, ledger.memory),
    threads.run('survive', 'async', ref, ledger.memory),
  ];
  let survivors = alone ? [] : startSurvivors();
  let started = 0;
  const executioner = async () => {
    while (started < deaths) {
      const index = started++;
      const steps = new Int32Array(new SharedArrayBuffer(4));
      const data = { ref, ledger: ledger.memory, index, seed: seed + index, steps, ending, shutsDown: false };
      const count = alone ? 0 : Math.min(6, feed.end - feed.next);
      const ids = Array.from({ length: count }, () => feed.next++);
      const fed = feedAll(queue, ledger, ids);
      await die(data, random() ** 2 * LIFE);
      await fed;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, executioner));

  if (alone) survivors = startSurvivors();
  queue.shutdown();
  queue.join(LONG);
  await Promise.all(survivors);

  const { facts, deliveries } = ledger;
  const dead = queue.deadLetters().map(([id]) => id);
  expect(new Set(dead).size).toBe(dead.length);
  const inDeadLetters = new Set(dead);
  let meant = 0;
  let put = 0;
  let doneMeant = 0;
  let done = 0;
  const wrong: string[] = [];
  for (let id = 0; id < facts.length; id++) {
    const fact = facts[id]!;
    const delivered = deliveries[id]!;
    if ((fact & PUT_MEANT) !== 0) meant++;
    if ((fact & PUT) !== 0) put++;
    if ((fact & DONE_MEANT) !== 0) doneMeant++;
    if ((fact & DONE) !== 0) done++;
    const tell = (what: string) =>
      wrong.push(
        `item ${id} of thread ${Math.floor(id / ITEMS_PER_THREAD)}: ${what}, facts ${fact}, delivered ${delivered}`,
      );
    if (delivered > 0 && (fact & PUT_MEANT) === 0) tell('delivered and never put');
    if (delivered > (redeliver ? MAX_DELIVERIES : 1)) tell('delivered too often');
    if (inDeadLetters.has(id) && (fact & DONE) !== 0) tell('done and a dead letter');
    if (redeliver && (fact & PUT) !== 0 && (fact & DONE_MEANT) === 0 && !inDeadLetters.has(id)) tell('lost');
  }
  expect(wrong).toEqual([]);

  const stats = queue.stats();
  expect(stats.puts).toBeGreaterThanOrEqual(put);
  expect(stats.puts).toBeLessThanOrEqual(meant);
  expect(stats.gets).toBe(stats.puts);
  expect(queue.qsize()).toBe(0);
  expect(queue.unfinishedTasks).toBe(0);
  // What was put was done, abandoned or is a dead letter.
  const finished = stats.puts - (redeliver ? dead.length : queue.abandoned);
  expect(finished).toBeGreaterThanOrEqual(done);
  expect(finished).toBeLessThanOrEqual(doneMeant);
  if (redeliver) expect(queue.abandoned).toBe(0);
  for (const wait of ['item', 'place', 'done', 'memory'] as const) expect(waitersFor(wait, queue)).toBe(0);
  if (dead.length === 0) expect(stats.bytesInUse).toBe(idle);
  // The run was one: threads took part before they died.
  expect(put).toBeGreaterThan(0);
  expect(done).toBeGreaterThan(0);
}

describe(`deaths, seed ${SEED}`, { timeout: TIMEOUT }, () => {
  console.info(`deaths: SEED=${SEED} DEATHS=${DEATHS}`);
  const share = Math.ceil(DEATHS / (kinds.length * 6));

  const half = Math.ceil(share / 2);

  describe.each(kinds)('$name', (kind) => {
    const create = (redeliver: boolean) =>
      kind.create(40, { redeliver, maxDeliveries: MAX_DELIVERIES }) as TaskQueue<DeathItem>;

    it.each([false, true])('terminate() at random instants, redeliver %s', async (redeliver) => {
      await massacre(create(redeliver), { deaths: share, seed: SEED, redeliver, ending: 'none' });
    });

    it('terminate() while nobody else takes items, so that there are dead letters', async () => {
      await massacre(create(true), {
        deaths: share,
        seed: SEED,
        redeliver: true,
        ending: 'none',
        alone: true,
      });
    });

    it.each(['exit', 'throw'] as const)('%s in the thread, with redelivery', async (ending) => {
      await massacre(create(true), { deaths: half, seed: SEED, redeliver: true, ending });
    });

    it.each(['exit', 'throw'] as const)('%s in the thread, without redelivery', async (ending) => {
      await massacre(create(false), { deaths: half, seed: SEED, redeliver: false, ending });
    });

    it('threads that shut the queue down and die', async () => {
      const random = randomFrom(SEED);
      for (let i = 0; i < share; i++) {
        const queue = create(random() < 0.5);
        const ledger = Ledger.create(1);
        const ref = refTo(queue);
        const survivors = [
          threads.run('survive', 'blocking', ref, ledger.memory),
          threads.run('survive', 'async', ref, ledger.memory),
        ];
        const steps = new Int32Array(new SharedArrayBuffer(4));
        const common = { ref, ledger: ledger.memory, index: 0, seed: SEED + i, steps };
        await die({ ...common, ending: 'none', shutsDown: true }, random() ** 2 * LIFE);
        // Where it did shut down before it died, recovery alone wakes those whom it did not wake any more.
        if (!queue.isShutDown) queue.shutdown();
        await Promise.all(survivors);
        // What the victim held when it died comes back, perhaps to an empty queue that the survivors have left.
        for (const _ of queue) queue.taskDone();
        queue.join(LONG);
        expect(queue.qsize()).toBe(0);
        expect(queue.unfinishedTasks).toBe(0);
      }
    });
  });
});

describe('deaths of a thread in a process of its own', () => {
  it.each(['out-of-memory', 'exit', 'throw'])(
    '%s: what it held is delivered again and join returns',
    async (how) => {
      const child = await runChild('death.fixture.ts', [how, 'redeliver']);
      expect(child).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('1,2,3 again, 0 abandoned, joined'),
      });
    },
  );

  it.each(['out-of-memory', 'exit', 'throw'])('%s: without redelivery it counts as done', async (how) => {
    const child = await runChild('death.fixture.ts', [how, 'abandon']);
    expect(child).toMatchObject({ code: 0, stdout: expect.stringContaining('3 again, 2 abandoned, joined') });
  });

  it('process.exit() of the whole program with threads that wait ends it', async () => {
    const child = await runChild('death.fixture.ts', ['whole-program']);
    expect(child).toMatchObject({ code: 7, stdout: 'waiting\n' });
  });
});
