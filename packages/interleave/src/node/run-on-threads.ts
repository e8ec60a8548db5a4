import { Worker } from 'node:worker_threads';
import { contentText } from '../linearizability/content-text.ts';
import { follow } from '../replay.ts';
import type { Scenario } from '../scenario.ts';
import { formatSchedule, kindOf, parseSchedule, run, type Segment } from '../schedule.ts';
import type { Trace, TraceEvent } from '../telling/trace.ts';
import { Gate, type GatedAccess, summaryOf } from './gate.ts';
import { buffersOf } from './gated-atomics.ts';
import type { Answer, GatedWorkerData } from './gated-worker.ts';

/** What real threads did under a schedule. */
export interface ThreadsReport {
  /** Each atomic access, in order. */
  readonly accesses: readonly GatedAccess[];
  /** What each body returned. */
  readonly results: readonly unknown[];
}

/**
 * Runs a scenario along a schedule twice, in the model and on real worker threads that make their atomic accesses
 * one at a time in the schedule's order, and compares the two, access by access and result by result. Memory is
 * accessed by the genuine `Atomics`; a thread that waits sleeps until the notify that the schedule has for it.
 *
 * The scenario's context and results must be structured-cloneable; results are compared by content. Memory of the context
 * that `setup` neither made nor made a view of is accessed at once and not compared. Node only.
 *
 * Bodies must do the same whoever runs them. One thread runs them all in the model, and here each has its own: so what a
 * thread writes as its name differs. Of this project's shared objects an `Event` names nobody, and can be run. A `Mutex`,
 * whatever has one inside, such as a `Barrier` or `Semaphore`, and all queues write the name of the thread that holds the
 * lock: the first access that does is reported as different.
 *
 * @param module URL of the module that exports the scenario; each worker imports it.
 * @param schedule Steps only: deaths, spurious wakes and timeouts cannot be had at will from real threads.
 * @param exportName The scenario's name in the module; default `'default'`.
 * @throws {InterleavingFailure} if the schedule fails in the model; `RangeError` if it contains faults, or a timeout
 * fires by it in the model; {@link Error} naming the first access in which the threads differ from the model.
 * @example
 * await runOnThreads(new URL('./counter.ts', import.meta.url), '0.1x2.0');
 */
export async function runOnThreads(
  module: URL | string,
  schedule: string,
  exportName = 'default',
): Promise<ThreadsReport> {
  if (hasFaults(parseSchedule(schedule))) {
    throw new RangeError(`Schedule '${schedule}' has faults; real threads can follow steps only`);
  }
  const url = String(module);
  const scenario = ((await import(url)) as Record<string, Scenario | undefined>)[exportName];
  if (scenario === undefined) throw new TypeError(`${url} exports no scenario '${exportName}'`);
  const model = follow(scenario, schedule);
  if (hasFaults(model.segments)) {
    const executed = formatSchedule(model.segments);
    throw new RangeError(
      `By schedule '${schedule}' a timeout fires in the model, which executed '${executed}': real threads can follow ` +
        'steps only. Give it one by which somebody notifies in time',
    );
  }
  const trace = model.trace as Trace;
  const expected = trace.eventsOfSetup.filter(isGated);
  const gate = Gate.create(
    expected.map((event) => ({ thread: event.thread, summary: summaryOf(event) })),
    scenario.threads.length,
  );
  const context = scenario.setup();
  const shared = new Set(buffersOf(model.context));
  // What both setups gave was there before: it is compared only if setup looked at it.
  const owned = buffersOf(context).map((buffer) => !shared.has(buffer) || trace.isOfSetup(buffer));
  const answers = await runWorkers(
    scenario.threads.map((_, index) => ({ module: url, exportName, context, owned, index, gate })),
    (step, did) => {
      const inModel = expected[step] === undefined ? 'nothing' : summaryOf(expected[step]);
      return new Error(
        `Step ${step} of schedule '${schedule}': the model did '${inModel}', the threads '${did}'`,
      );
    },
  );
  for (const [index, { result }] of answers.entries()) {
    const [inModel, onThread] = [contentText(model.results[index]), contentText(result)];
    if (inModel !== onThread) {
      throw new Error(`Thread ${index} returned ${onThread} on a real thread, but ${inModel} in the model`);
    }
  }
  const accesses = answers.flatMap(({ accesses }) => accesses).sort((a, b) => a.step - b.step);
  return {
    accesses: accesses.map(({ thread, operation, args, result }) => ({ thread, operation, args, result })),
    results: answers.map(({ result }) => result),
  };
}

const hasFaults = (segments: readonly Segment[]): boolean =>
  segments.some(({ action }) => kindOf(action) !== run);

const ungated = new Set(['read', 'write', 'sleep', 'byteLength', 'grow']);
const isGated = ({ operation }: TraceEvent): boolean => !ungated.has(operation);

type Done = Extract<Answer, { kind: 'done' }>;

/**
 * Runs one worker for each of `data`, to the end of all, or of the first that fails.
 *
 * @param difference makes the error for a thread that did something else than the model in a step
 */
async function runWorkers(
  data: readonly GatedWorkerData[],
  difference: (step: number, did: string) => Error,
): Promise<Done[]> {
  const entry = new URL(`./gated-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
    .href;
  const workers = data.map((each) => new Worker(bootstrap, { eval: true, workerData: { ...each, entry } }));
  const answers = workers.map(
    (worker, index) =>
      new Promise<Done>((resolve, reject) => {
        const endedEarly = (code: number) =>
          reject(new Error(`Thread ${index} exited with code ${code} before its end`));
        worker.once('message', (answer: Answer) => {
          worker.off('exit', endedEarly);
          if (answer.kind === 'done') resolve(answer);
          else if (answer.kind === 'differs') reject(difference(answer.step, answer.did));
          // One that is let go settles nothing: the one that has failed does, whichever of them is heard first.
          else if (answer.kind === 'failed') reject(answer.error as Error);
        });
        worker.once('error', reject);
        worker.once('exit', endedEarly);
      }),
  );
  try {
    return await Promise.all(answers);
  } finally {
    // Those that wait for one that has failed are ended with it.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * Plain JavaScript, since Node 20 cannot load TypeScript in a worker by itself: there, tsx is registered first if
 * one of the modules needs it.
 */
const bootstrap = `
  const { entry, module } = require('node:worker_threads').workerData;
  const typed = [entry, module].some((url) => url.endsWith('.ts') || url.endsWith('.mts'));
  const ready = typed && !process.features.typescript
    ? import('tsx/esm/api').then(({ register }) => register())
    : Promise.resolve();
  ready.then(() => import(entry)).catch((error) => {
    require('node:worker_threads').parentPort.postMessage({ kind: 'failed', error });
  });
`;
