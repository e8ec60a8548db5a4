import { parentPort, workerData } from 'node:worker_threads';
import { queueScenario } from '../src/queue-scenarios.fixture.ts';
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

const { index, threads, calls, options } = workerData as Job;
const body = queueScenario('stress', calls, options).threads[index]!;

/** Starts all threads of a round together; false when the batch was called off. */
function meet(control: Int32Array, round: number): boolean {
  const all = (round + 1) * threads;
  let seen = Atomics.add(control, 0, 1) + 1;
  if (seen === all) Atomics.notify(control, 0);
  for (let spins = 2000; seen < all && spins > 0; spins--) seen = Atomics.load(control, 0);
  while (seen < all && Atomics.load(control, STOP) === 0) {
    Atomics.wait(control, 0, seen, 5);
    seen = Atomics.load(control, 0);
  }
  return Atomics.load(control, STOP) === 0;
}

parentPort!.on('message', ({ control, records, contexts, progress }: Batch) => {
  let failure: string | undefined;
  for (const [round, context] of contexts.entries()) {
    Atomics.store(progress, index, round);
    if (!meet(control, round)) break;
    let call = 0;
    const note = (at: Record, value: number) =>
      Atomics.store(records, ((round * threads + index) * MOST_CALLS + call) * WORDS_PER_CALL + at, value);
    try {
      body(context, {
        index,
        call(_name, _args, run) {
          note(Record.start, Atomics.add(control, TICKS, 1) + 1);
          try {
            const result = run();
            note(Record.value, (result as number | undefined) ?? 0);
            return result;
          } catch (error) {
            note(Record.error, ERRORS.indexOf((error as Error).name) + 1);
            throw error;
          } finally {
            note(Record.end, Atomics.add(control, TICKS, 1) + 1);
            call++;
          }
        },
      });
    } catch (error) {
      failure = `${error}`;
      break;
    }
  }
  Atomics.store(progress, index, contexts.length);
  parentPort!.postMessage(failure);
});
parentPort!.postMessage('ready');
