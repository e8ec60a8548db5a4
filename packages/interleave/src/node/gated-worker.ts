import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../scenario.ts';
import { Gate, type GateHandle } from './gate.ts';
import { buffersOf, gatedAtomics } from './gated-atomics.ts';

/** What `runOnThreads` gives each worker. */
export interface GatedWorkerData {
  readonly module: string;
  readonly exportName: string;
  readonly context: unknown;
  readonly index: number;
  readonly gate: GateHandle;
}

const { module, exportName, context, index, gate: handle } = workerData as GatedWorkerData;
const gate = new Gate(handle, index);

async function main(): Promise<void> {
  const exports = (await import(module)) as Record<string, unknown>;
  const { threads } = exports[exportName] as Scenario;
  const genuine = globalThis.Atomics;
  const thread = { index, call: <T>(_name: string, _args: readonly unknown[], body: () => T): T => body() };
  let result: unknown;
  globalThis.Atomics = gatedAtomics(gate, buffersOf(context));
  try {
    result = threads[index]?.(context, thread);
  } finally {
    globalThis.Atomics = genuine;
  }
  parentPort?.postMessage({ result, accesses: gate.accesses });
}

main().catch((error: unknown) => {
  gate.fail();
  parentPort?.postMessage({ error });
});
