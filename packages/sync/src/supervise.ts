import { createLivenessProbe, keyOfWorker, type LivenessProbe } from '#platform';
import { recoverAttached } from './attached-objects.ts';
import { knownTables } from './known-tables.ts';

/** What {@link supervise} needs of a worker: Node's `Worker` has it. */
export interface SupervisedWorker {
  readonly threadId: number;
  once(event: 'exit', listener: (exitCode: number) => void): unknown;
}

/** One watched thread. */
export interface Supervision {
  /** Whether the worker has ended and its end has been recorded. Looks by itself; does not block. */
  readonly ended: boolean;
}

interface Child {
  readonly key: number;
  readonly probe: LivenessProbe | undefined;
  ended: boolean;
}

const children = new Set<Child>();

/**
 * For users of a raw `Worker`: when it ends, however it ends, everything it held in the shared objects of
 * this project is recovered: locks go to the next owner as `abandoned`, items it had taken are redelivered
 * or counted as done, and whoever waited because of it is woken. `@pkg/pool` does this by itself.
 *
 * To be called on the thread that started the worker, right after starting it. Does not block. The end is
 * noticed by the worker's `exit` event, so a thread that blocks notices it when it next serves events,
 * unless the worker keeps the port of a `probe`.
 *
 * @param worker a Node `Worker`
 * @param probe from {@link createLivenessProbe}, its port handed to the worker, which keeps it until it
 *   ends: then the end is noticed even while this thread blocks
 * @throws TypeError when `worker` is no worker that has been started
 * @example
 * ```ts
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: queue.handle });
 * supervise(worker);
 * ```
 */
export function supervise(worker: SupervisedWorker, probe?: LivenessProbe): Supervision {
  const key = keyOfWorker(worker);
  if (key === 0 || typeof worker.once !== 'function') {
    throw new TypeError(`supervise() takes a worker that has been started, not ${describe(worker)}`);
  }
  knownTables();
  const child: Child = { key, probe, ended: false };
  children.add(child);
  worker.once('exit', () => bury(child));
  return {
    get ended() {
      if (!child.ended && child.probe?.isDead()) bury(child);
      return child.ended;
    },
  };
}

export type { LivenessProbe };
export { createLivenessProbe };

/** Notes the ends of workers that this thread supervises without waiting for events. Does not block for long. */
export function reapChildren(): void {
  for (const child of children) if (child.probe?.isDead()) bury(child);
}

function bury(child: Child): void {
  if (child.ended) return;
  child.ended = true;
  children.delete(child);
  child.probe?.close();
  for (const table of knownTables()) {
    if (table.markDeadByKey(child.key)) recoverAttached(table);
  }
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return `${String(value)} (${typeof value})`;
  return `${value.constructor?.name ?? 'an object'} with threadId ${String((value as { threadId?: unknown }).threadId)}`;
}
