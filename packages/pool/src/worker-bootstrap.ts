/**
 * The first module of every worker of this package: of a thread and of an executor's worker alike. Each loads what it
 * needs itself.
 *
 * @packageDocumentation
 */
import { workerData } from 'node:worker_threads';
import type { WorkerData } from './executor/protocol.ts';
import type { WorkerCode } from './executor/worker-code.ts';
import { runScript } from './run-script.ts';
import type { ThreadData } from './thread/protocol.ts';
import type { Inherited } from './worker-entry.ts';

type WorkerModule = typeof import('./executor/worker/worker-main.ts');

const data = workerData as (ThreadData | WorkerData) & Inherited;
if (data.compileCache !== undefined) {
  // Before anything else is loaded: a quarter of the start of a thread is compiling.
  const module = process.getBuiltinModule('node:module') as {
    enableCompileCache?(directory: string): unknown;
  };
  module.enableCompileCache?.(data.compileCache);
}
void ('className' in data
  ? import('./thread/thread-main.ts').then(({ ThreadMain }) => new ThreadMain(data).run())
  : data.code === undefined
    ? import('./executor/worker/worker-main.ts').then(({ WorkerMain }) => new WorkerMain(data).run())
    : runWorker(data.code, data));

function runWorker(code: WorkerCode, data: WorkerData): Promise<never> {
  const { report } = code;
  const { exports, compiled } = runScript<WorkerModule>(code);
  return new exports.WorkerMain(data, () => {
    report?.postMessage(compiled());
    report?.close();
  }).run();
}
