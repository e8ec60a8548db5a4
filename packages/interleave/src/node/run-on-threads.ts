import { Worker } from 'node:worker_threads';
import { replay } from '../replay.ts';
import type { Scenario } from '../scenario.ts';
import { kindOf, parseSchedule, run } from '../schedule.ts';
import type { TraceEvent } from '../telling/trace.ts';
import { Gate, type GatedAccess } from './gate.ts';
import type { GatedWorkerData } from './gated-worker.ts';

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
 * The scenario's context and results must be structured-cloneable. Node only.
 *
 * @param module URL of the module that exports the scenario; each worker imports it.
 * @param schedule Steps only: deaths, spurious wakes and timeouts cannot be had at will from real threads.
 * @param exportName The scenario's name in the module; default `'default'`.
 * @throws {InterleavingFailure} if the schedule fails in the model; {@link RangeError} if it contains faults;
 * {@link Error} naming the first access in which the threads differ from the model.
 * @example
 * await runOnThreads(new URL('./counter.ts', import.meta.url), '0.1x2.0');
 */
export async function runOnThreads(
  module: URL | string,
  schedule: string,
  exportName = 'default',
): Promise<ThreadsReport> {
  if (parseSchedule(schedule).some(({ action }) => kindOf(action) !== run)) {
    throw new RangeError(`Schedule '${schedule}' has faults; real threads can follow steps only`);
  }
  const url = String(module);
  const scenario = ((await import(url)) as Record<string, Scenario | undefined>)[exportName];
  if (scenario === undefined) throw new TypeError(`${url} exports no scenario '${exportName}'`);
  const model = replay(scenario, schedule, { races: true });
  const expected = model.trace.filter(isGated);
  const gate = Gate.create(
    expected.map(({ thread }) => thread),
    scenario.threads.length,
  );
  const context = scenario.setup();
  const answers = await Promise.all(
    scenario.threads.map((_, index) => runWorker({ module: url, exportName, context, index, gate })),
  );
  const accesses = answers.flatMap(({ accesses }) => accesses).sort((a, b) => a.step - b.step);
  for (let at = 0; at < Math.max(accesses.length, expected.length); at++) {
    const [inModel, onThread] = [summary(expected[at]), summary(accesses[at])];
    if (inModel !== onThread) {
      throw new Error(
        `Step ${at} of schedule '${schedule}': the model did '${inModel}', the threads '${onThread}'`,
      );
    }
  }
  for (const [index, { result }] of answers.entries()) {
    const [inModel, onThread] = [JSON.stringify(model.results[index]), JSON.stringify(result)];
    if (inModel !== onThread) {
      throw new Error(`Thread ${index} returned ${onThread} on a real thread, but ${inModel} in the model`);
    }
  }
  return {
    accesses: accesses.map(({ thread, operation, args, result }) => ({ thread, operation, args, result })),
    results: answers.map(({ result }) => result),
  };
}

const ungated = new Set(['read', 'write', 'sleep', 'byteLength', 'grow']);
const isGated = ({ operation }: TraceEvent): boolean => !ungated.has(operation);

function summary(access: Pick<TraceEvent, 'thread' | 'operation' | 'args' | 'result'> | undefined): string {
  if (access === undefined) return 'nothing';
  const { thread, operation, args, result } = access;
  return `thread ${thread}: ${operation} ${args.map(String).join(' ')}: ${String(result)}`;
}

type Answer = { result: unknown; accesses: (GatedAccess & { step: number })[] };

function runWorker(data: GatedWorkerData): Promise<Answer> {
  const entry = new URL(`./gated-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
    .href;
  const worker = new Worker(bootstrap, { eval: true, workerData: { ...data, entry } });
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: Answer & { error?: unknown }) => {
      if ('error' in answer) reject(answer.error as Error);
      else resolve(answer);
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`Thread ${data.index} exited with code ${code} before its end`)),
    );
  });
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
    require('node:worker_threads').parentPort.postMessage({ error });
  });
`;
