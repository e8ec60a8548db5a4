// node --expose-gc --conditions=@pkg/source --import tsx packages/pool/deep/soak.ts [--seed N] [--tasks N]
// A long run: tasks of every kind through one executor, with random cancellations, timeouts, deaths and priorities.
// Ends with code 1 if a promise did not settle as it may, if memory grew, or if a thread was left.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { carryOut, makeExecutor, type Outcome, planWith } from '../test/fixtures/soak.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, tasks: { type: 'string', default: '1000000' } },
});
const seed = Number(values.seed);
const total = Number(values.tasks);

/** Under way at once: more than the queue of the executor holds, so that some stand in line. */
const WINDOW = 1000;
/** About one task in so many costs a thread its life. */
const HARMLESS = 500;
/** What memory may grow by between the first tenth and the end, in MiB: what is reused differs from time to time. */
const SLACK = { heapUsed: 16, external: 16, rss: 128 };

const gc = (globalThis as { gc?: () => void }).gc;
if (gc === undefined) throw new Error('run this with --expose-gc');
if (!Number.isInteger(seed) || !(Number.isInteger(total) && total >= 10)) {
  throw new RangeError(`--seed ${values.seed} --tasks ${values.tasks}: whole numbers, and at least 10 tasks`);
}

let started = 0;
const alive = new Set<Worker>();
process.on('worker', (worker) => {
  started++;
  alive.add(worker);
  worker.once('exit', () => alive.delete(worker));
});

const executor = makeExecutor();
const counts: Record<Outcome, number> = { done: 0, cancelled: 0, 'timed out': 0, died: 0, failed: 0 };
let settled = 0;

/** Carries out tasks `from` to `to`, and waits for all of them. */
async function run(from: number, to: number): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (let at = from; at < to; at += WINDOW) {
    const plans = fc.sample(planWith(HARMLESS), { numRuns: Math.min(WINDOW, to - at), seed: seed + at });
    for (const [offset, plan] of plans.entries()) {
      const index = at + offset;
      const one = carryOut(executor, index, plan).then(
        (outcome) => {
          counts[outcome]++;
          settled++;
          underWay.delete(one);
        },
        (error) => {
          throw new Error(`seed ${seed}, task ${index}: ${JSON.stringify(plan)}`, { cause: error });
        },
      );
      underWay.add(one);
      if (underWay.size >= WINDOW) await Promise.race(underWay);
    }
  }
  await Promise.all(underWay);
}

/** When nothing is under way. */
async function memory(): Promise<Record<keyof typeof SLACK, number>> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc!();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const show = (usage: Record<string, number>): string =>
  Object.entries(usage)
    .map(([name, bytes]) => `${name} ${mebibytes(bytes)}`)
    .join(', ');

const beganAt = performance.now();
const steps = 10;
let early: Awaited<ReturnType<typeof memory>> | undefined;
console.log(`seed ${seed}, ${total} tasks`);
for (let step = 1; step <= steps; step++) {
  await run(Math.floor((total * (step - 1)) / steps), Math.floor((total * step) / steps));
  const usage = await memory();
  early ??= usage;
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(0);
  console.log(
    `${step * 10} %, ${seconds} s: ${settled} settled, ${started} workers started so far; ${show(usage)}`,
  );
  if (step < steps) continue;
  for (const name of Object.keys(SLACK) as (keyof typeof SLACK)[]) {
    const grown = usage[name] - early[name];
    assert.ok(
      grown < SLACK[name] * 2 ** 20,
      `${name} has grown by ${mebibytes(grown)} since the first tenth`,
    );
  }
}

const { done, failed } = executor.stats();
assert.equal(settled, total);
assert.equal(done, counts.done);
assert.equal(done + failed, total, 'each task is counted once');
await executor.shutdown();
assert.deepEqual(executor.stats().workers, []);
assert.equal(executor.stats().queued, 0);
assert.equal(alive.size, 0, 'threads are left');
console.log(JSON.stringify(counts));
