/** What the test calls in a page without shared memory. */
import { PriorityQueue, Queue } from '@pkg/queue';
import { Event, Mutex } from '@pkg/sync';

/** What identifies an error, as it can leave the page. */
function errorOf(act: () => unknown): object | undefined {
  try {
    act();
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    return { name, code, message };
  }
  return undefined;
}

const tellErrors = () => ({
  crossOriginIsolated,
  Queue: errorOf(() => new Queue()),
  PriorityQueue: errorOf(() => new PriorityQueue()),
  Mutex: errorOf(() => new Mutex()),
  Event: errorOf(() => new Event()),
});

Object.assign(globalThis, { tellErrors });
