import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median, type Row } from '../report.ts';
import { contenders } from './contenders.ts';
import { EmptyThread } from './empty-thread.mjs';
import { close } from './open-pools.ts';
import { type Entry, inTurn } from './rounds.ts';
import { rowOf } from './row.ts';

const THREADS = 8;
const BARE = 'bare workers';
const THREAD_CLASS = 'our Thread';

const sharedWord = () => new Int32Array(new SharedArrayBuffer(4));

/** Eight workers with a module that posts a message and does nothing else. */
async function startBare(): Promise<number> {
  const start = performance.now();
  const workers = Array.from({ length: THREADS }, () => new Worker(new URL('./empty.mjs', import.meta.url)));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const elapsed = performance.now() - start;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return elapsed;
}

/** Eight of our threads, until the `run` of each has begun. */
async function startThreads(): Promise<number> {
  const words = sharedWord();
  const start = performance.now();
  const threads = Array.from({ length: THREADS }, () => new EmptyThread(words).start());
  for (;;) {
    const begun = Atomics.load(words, 0);
    if (begun === THREADS) break;
    const waiting = Atomics.waitAsync(words, 0, begun, 10_000);
    if (waiting.async && (await keepAlive(waiting.value)) === 'timed-out') {
      throw new Error(`only ${begun} of ${THREADS} threads began`);
    }
  }
  const elapsed = performance.now() - start;
  await Promise.all(threads.map((thread) => thread.joinAsync()));
  return elapsed;
}

/** `Atomics.waitAsync` alone does not keep the process. */
async function keepAlive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 60_000);
  return promise.finally(() => clearInterval(timer));
}

/** From nothing to eight threads that work together, beside eight bare workers. */
export async function benchStart(rounds: number): Promise<Row[]> {
  const entries: Entry[] = contenders.map(({ name, settings }) => ({
    name,
    async measure() {
      const words = sharedWord();
      const start = performance.now();
      const pool = await settings[0]!.open('meet', THREADS);
      try {
        await Promise.all(Array.from({ length: THREADS }, () => pool.run({ words, count: THREADS })));
        return performance.now() - start;
      } finally {
        await close(pool);
      }
    },
  }));
  entries.splice(1, 0, { name: THREAD_CLASS, measure: startThreads }, { name: BARE, measure: startBare });
  // Files are read from the disk once.
  await inTurn(entries, 1);
  const series = await inTurn(entries, rounds);
  const common = {
    reference: BARE,
    goal: 'at most 1.25×',
    format: (figure: number) => `${figure.toFixed(0)} ms`,
  };
  const withoutThread = new Map([...series].filter(([name]) => name !== THREAD_CLASS));
  const threadsOnly = new Map([...series].filter(([name]) => name === THREAD_CLASS || name === BARE));
  return [
    rowOf({
      ...common,
      work: '8 threads have run a task together',
      series: withoutThread,
      summarise: median,
    }),
    rowOf({ ...common, work: '8 × Thread.start(), until all run', series: threadsOnly, ours: THREAD_CLASS }),
  ];
}
