import type { Scenario } from '@pkg/interleave';
import type { Kernel } from './kernel-copy.ts';

interface EventContext {
  readonly words: Int32Array;
  readonly threads: SharedArrayBuffer;
  readonly ids: readonly number[];
}

/** Word of the condition, behind the event count's two. */
const FLAG = 2;

/** Threads that wait for a flag, one that sets it, and one that recovers the event count meanwhile. */
export function eventScenario(
  name: string,
  { EventCount, ThreadIdentity, ThreadTable, waitUntil }: Kernel['sync'],
  { scenario }: Kernel['interleave'],
  waiters: number,
): Scenario<unknown, unknown> {
  const eventOf = (context: EventContext, index: number) => {
    const table = new ThreadTable(context.threads);
    const identity = new ThreadIdentity(table, context.ids[index]!, { slice: Infinity, mayBlock: true });
    return new EventCount(context.words, 0, identity);
  };
  const waiter = (context: EventContext, { index }: { index: number }) => {
    waitUntil(
      eventOf(context, index),
      () => Atomics.load(context.words, FLAG) === 1,
      Infinity,
      () => {},
    );
  };
  return scenario<EventContext, void>({
    name,
    setup() {
      const table = ThreadTable.create();
      const ids = Array.from({ length: waiters + 2 }, (_, index) => table.claim(index + 1));
      return { words: new Int32Array(new SharedArrayBuffer(12)), threads: table.memory, ids };
    },
    threads: [
      ...Array.from({ length: waiters }, () => waiter),
      (context, { index }) => {
        const event = eventOf(context, index);
        Atomics.store(context.words, FLAG, 1);
        if (event.hasWaiters) event.notify();
      },
      (context, { index }) => eventOf(context, index).reset(),
    ],
  }) as Scenario<unknown, unknown>;
}
