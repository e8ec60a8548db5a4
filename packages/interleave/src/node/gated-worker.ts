import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../scenario.ts';
import { Gate, type GateHandle, LetGo, ThreadDiffers } from './gate.ts';
import { buffersOf, gatedAtomics } from './gated-atomics.ts';

/** What `runOnThreads` gives each worker. */
export interface GatedWorkerData {
  readonly module: string;
  readonly exportName: string;
  readonly context: unknown;
  /** Which of the context's buffers, in the order of `buffersOf`, setup made or looked at. */
  readonly owned: readonly boolean[];
  readonly index: number;
  readonly gate: GateHandle;
}

/** What became of a thread. */
export type Answer =
  | { readonly kind: 'done'; readonly result: unknown; readonly accesses: Gate['accesses'] }
  | { readonly kind: 'differs'; readonly step: number; readonly did: string }
  | { readonly kind: 'let go' }
  | { readonly kind: 'failed'; readonly error: unknown };

const { module, exportName, context, owned, index, gate: handle } = workerData as GatedWorkerData;
const gate = new Gate(handle, index);

async function main(): Promise<Answer> {
  const exports = (await import(module)) as Record<string, unknown>;
  const { threads } = exports[exportName] as Scenario;
  const genuine = globalThis.Atomics;
  const thread = { index, call: <T>(_name: string, _args: readonly unknown[], body: () => T): T => body() };
  let result: unknown;
  gate.meet();
  globalThis.Atomics = gatedAtomics(
    gate,
    buffersOf(context).filter((_, at) => owned[at]),
  );
  try {
    result = threads[index]?.(context, thread);
  } finally {
    globalThis.Atomics = genuine;
  }
  gate.finish();
  return { kind: 'done', result, accesses: gate.accesses };
}

function answerOf(error: unknown): Answer {
  if (error instanceof LetGo) return { kind: 'let go' };
  gate.fail();
  if (error instanceof ThreadDiffers) return { kind: 'differs', step: error.step, did: error.did };
  return { kind: 'failed', error };
}

main()
  .then((answer) => parentPort?.postMessage(answer))
  .catch((error: unknown) => parentPort?.postMessage(answerOf(error)));
