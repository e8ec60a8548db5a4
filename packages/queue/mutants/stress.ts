import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Operation } from '@pkg/interleave';
import type { QueueContext } from '../src/queue-scenarios.fixture.ts';
import type { KernelCopies } from './kernel-copy.ts';
import type { StressResult } from './mutant.ts';
import { PROGRAMS } from './programs.ts';
import {
  type Batch,
  ERRORS,
  type Job,
  MOST_CALLS,
  Record,
  STOP,
  TICKS,
  WORDS_PER_CALL,
} from './stress-memory.ts';

/** What a worker says when it is through: an error that is no answer, if there was one. */
const answerOf = (worker: Worker): Promise<string | undefined> =>
  once(worker, 'message').then(
    ([answer]) => answer as string | undefined,
    (error) => `${error}`,
  );

/** Rounds in a batch. */
const ROUNDS = 100;
/** Number of the thread that recovers, as `stress-recovery.ts` has it. */
const RECOVERY = 5;
/** A round in which nothing happens for so long hangs, in milliseconds. */
const HANG = 3000;

/**
 * Runs a program on real threads over and over for `milliseconds`, and checks each round as the explorer does. Where
 * the program is explored with deaths, each batch ends with the `terminate()` of one thread at a random moment.
 */
export async function stress(
  copies: KernelCopies,
  id: string,
  name: string,
  milliseconds: number,
): Promise<StressResult> {
  const { calls, options = {}, explore, build } = PROGRAMS[name]!;
  if (calls === undefined) throw new TypeError(`'${name}' is no program of calls on a queue`);
  const kernel = await copies.load(id);
  const scenario = build(kernel, name);
  const threads = calls.length;
  const start = (module: string, workerData?: Job): Promise<Worker> =>
    new Promise((resolve, reject) => {
      const url = new URL(copies.urlOf(id, `queue/mutants/${module}.js`));
      const worker = new Worker(url, { workerData, execArgv: [] });
      worker.once('message', () => resolve(worker)).once('error', reject);
    });
  const startThread = (index: number) => start('stress-worker', { index, threads, calls, options });
  const workers = await Promise.all(calls.map((_, index) => startThread(index)));
  // Recovery may hang on a lock, so it is not for this thread.
  const recovery = explore.kills ? await start('stress-recovery') : undefined;
  let rounds = 0;
  let spent = 0;

  /** Runs one batch; returns how a bug showed, if one did. */
  async function runBatch(): Promise<string | undefined> {
    const words = (count: number) => new Int32Array(new SharedArrayBuffer(count * 4));
    const batch: Batch = {
      control: words(3),
      progress: words(threads),
      records: words(ROUNDS * threads * MOST_CALLS * WORDS_PER_CALL),
      contexts: Array.from({ length: ROUNDS }, () => scenario.setup() as QueueContext),
    };
    const began = performance.now();
    const ends = workers.map(answerOf);
    for (const worker of workers) worker.postMessage(batch);
    let victim = -1;
    let killedRound = ROUNDS;
    let death = 0;
    const tick = () => Atomics.add(batch.control, TICKS, 1) + 1;
    if (recovery !== undefined) {
      victim = Math.floor(Math.random() * threads);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      await workers[victim]!.terminate();
      killedRound = Math.min(Atomics.load(batch.progress, victim), ROUNDS - 1);
      Atomics.store(batch.control, STOP, 1);
      const context = batch.contexts[killedRound]!;
      death = tick();
      new kernel.sync.ThreadTable(context.threads).markDead(context.ids[victim]!);
      ends[victim] = answerOf(recovery);
      recovery.postMessage(context);
    }
    const outcome = await Promise.race([Promise.all(ends), hang(batch)]);
    spent += performance.now() - began;
    if (outcome === 'hang') return 'hang';
    const failure = outcome.find((text) => text !== undefined);
    if (failure !== undefined) return 'error';
    const last = victim < 0 ? ROUNDS : killedRound + 1;
    for (let round = 0; round < last; round++) {
      rounds++;
      const history = historyOf(batch.records, round);
      if (round === killedRound) {
        history.push({ thread: RECOVERY, name: 'recovery', args: [[victim]], start: death, end: tick() });
      }
      try {
        scenario.check?.({
          context: batch.contexts[round]!,
          results: [],
          killed: round === killedRound ? [victim] : [],
          history,
        });
      } catch {
        return 'check';
      }
    }
    if (victim >= 0) workers[victim] = await startThread(victim);
    return undefined;
  }

  /** Resolves when nothing has moved for too long. */
  function hang({ control, progress }: Batch): Promise<'hang'> {
    return new Promise((resolve) => {
      let seen = '';
      let since = performance.now();
      const timer = setInterval(() => {
        const now = `${control} ${progress}`;
        if (now !== seen) {
          seen = now;
          since = performance.now();
        } else if (performance.now() - since > HANG) {
          clearInterval(timer);
          resolve('hang');
        }
      }, 100);
      timer.unref();
    });
  }

  function historyOf(records: Int32Array, round: number): Operation[] {
    const history: Operation[] = [];
    for (const [thread, sequence] of calls!.entries()) {
      for (const [call, [verb, argument]] of sequence.entries()) {
        const at = ((round * threads + thread) * MOST_CALLS + call) * WORDS_PER_CALL;
        const word = (offset: Record) => records[at + offset]!;
        if (word(Record.start) === 0) continue;
        const error = ERRORS[word(Record.error) - 1];
        const result = verb.startsWith('get') ? word(Record.value) : undefined;
        history.push({
          thread,
          name: verb,
          args:
            verb === 'shutdown' ? [{ immediate: argument === 1 }] : argument === undefined ? [] : [argument],
          start: word(Record.start),
          end: word(Record.end) || Infinity,
          ...(error === undefined ? { result } : { error: Object.assign(new Error(error), { name: error }) }),
        });
      }
    }
    return history.sort((a, b) => a.start - b.start);
  }

  try {
    while (spent < milliseconds) {
      const caught = await runBatch();
      if (caught !== undefined) return { caught, rounds, milliseconds: Math.round(spent) };
    }
    return { rounds, milliseconds: Math.round(spent) };
  } finally {
    await Promise.all([...workers, recovery].map((worker) => worker?.terminate()));
  }
}
