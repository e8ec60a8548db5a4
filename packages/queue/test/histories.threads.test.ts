import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  checkFifoHistory,
  checkLinearizable,
  fifoModel,
  HistoryRecorder,
  type Operation,
} from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { Queue } from '../src/index.ts';
import { bundle } from './fixtures/bundle.ts';
import type { HistoryTask } from './fixtures/history.fixture.ts';
import { DRAIN, OPERATIONS, THREADS } from './fixtures/history-plan.ts';

const SEED = Number(process.env['SEED'] ?? 1);

/** The threads meet twice in each short history, and each time wait their turn among all that the machine runs. */
const HANGING = 1_800_000;

async function record(recorder: HistoryRecorder, rounds: number, long: number): Promise<Operation[]> {
  const queue = new Queue<number>(0, { codec: 'int32' });
  const meeting = new SharedArrayBuffer(4);
  const workers = Array.from({ length: THREADS }, (_, index) => {
    const task: HistoryTask = {
      queue: queue.handle,
      recorder: recorder.handle,
      index,
      seed: SEED,
      meeting,
      rounds,
      long,
    };
    return new Worker(bundle('history.fixture.ts'), { workerData: task });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return recorder.history();
}

describe('Queue on real threads', () => {
  it(`keeps 10,000 short histories linearizable (seed ${SEED})`, { timeout: HANGING }, async () => {
    const rounds = 10_000;
    const recorder = new HistoryRecorder({
      threads: THREADS + 1,
      capacity: rounds * DRAIN,
      operations: ['put', 'getNowait'],
      errors: ['QueueEmpty'],
    });
    const history = await record(recorder, rounds, 0);
    const perThread = Array.from({ length: THREADS + 1 }, () => [] as Operation[]);
    for (const operation of history) perThread[operation.thread]!.push(operation);
    const model = fifoModel();
    for (let round = 0; round < rounds; round++) {
      const operations = perThread.flatMap((all, thread) => {
        const size = thread === THREADS ? DRAIN : OPERATIONS;
        return all.slice(round * size, (round + 1) * size);
      });
      expect(operations.length).toBe(THREADS * OPERATIONS + DRAIN);
      const verdict = checkLinearizable(operations, model);
      if (!verdict.linearizable) throw new Error(`round ${round}: ${verdict.message}`);
    }
  });

  it('keeps a history of 1,000,000 operations in order', async () => {
    const long = 250_000;
    const recorder = new HistoryRecorder({ threads: THREADS, capacity: long, operations: ['put', 'get'] });
    const history = await record(recorder, 0, long);
    expect(history.length).toBe(THREADS * long);
    expect(checkFifoHistory(history)).toMatchObject({ linearizable: true });
  });
});
