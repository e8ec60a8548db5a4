import { HANDLE, isSharedHandle, isSharedObject, revive } from '@pkg/sync';
import type { Engine } from '../checks/engine.ts';

/** What a worker is told to do. */
export interface Order {
  readonly role: string;
  readonly data: object;
}

/** What a worker says: that it has its modules, that it has its order, and how it ended. */
export type Report = 'ready' | 'begun' | 'ended' | { readonly failed: string };

const mapValues = (data: object, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, change(value)]));

/** Data with handles in place of shared objects, for a message. */
const dismantle = (data: object) =>
  mapValues(data, (value) => (isSharedObject(value) ? value[HANDLE]() : value));

/** What {@link dismantle} was given, on the thread that the message reached. */
export const assemble = (data: object) =>
  mapValues(data, (value) => (isSharedHandle(value) ? revive(value) : value));

/**
 * Starts a module worker with an order; resolves once the worker says that it has that. A message to a worker may lie on
 * this thread until its event loop comes round to it, and so for ever if this thread blocked before.
 */
export function startWorker(role: string, data: object): Promise<{ ended: Promise<void> }> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    const ended = new Promise<void>((end, fail) => {
      const failBoth = (error: Error) => {
        fail(error);
        reject(error);
      };
      worker.onerror = (event) =>
        failBoth(new Error(`a worker failed: ${event.message} (${event.filename}:${event.lineno})`));
      worker.onmessageerror = () => failBoth(new Error('a message of a worker could not be read'));
      worker.onmessage = ({ data: report }: MessageEvent<Report>) => {
        if (report === 'ready') {
          worker.postMessage({ role, data: dismantle(data) } satisfies Order);
        } else if (report === 'begun') resolve({ ended });
        else if (report === 'ended') end();
        else fail(new Error(`in a worker: ${report.failed}`));
      };
    });
    // Whoever awaits it sees the rejection; a check that failed before that is not to fail twice.
    ended.catch(() => {});
  });
}

/** Threads as workers of the web, started by a page or by another worker. */
export const webEngine: Engine = { start: startWorker };
