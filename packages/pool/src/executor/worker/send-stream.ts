import { isSharedObject } from '@pkg/sync';
import { holdEventLoop } from '@pkg/sync/kernel';
import type { WorkerRow } from '../control.ts';
import { ITEM, STREAM, tagOf, WINDOW } from '../protocol.ts';
import type { TaskWords } from '../task-words.ts';
import type { RunningTask } from './current-task.ts';
import type { ResultSender } from './result-sender.ts';

type Stream = AsyncIterator<unknown> | Iterator<unknown>;

/**
 * Whether a task's result is sent item by item: generators of both kinds, and whatever else is async iterable, but for
 * shared objects: a queue arrives as the queue that it is.
 */
export function isStream(value: unknown): value is Stream {
  if (typeof value !== 'object' || value === null || isSharedObject(value)) return false;
  return Symbol.asyncIterator in value || Object.prototype.toString.call(value) === '[object Generator]';
}

/**
 * Sends the items of a stream, never more than {@link WINDOW} ahead of its consumer. Ends early, by the stream's
 * own `return()`, when the task is cancelled.
 */
export async function sendStream(
  stream: Stream,
  running: RunningTask,
  { sender, words, row }: { sender: ResultSender; words: TaskWords; row: WorkerRow },
): Promise<void> {
  const { slot, generation } = running;
  const iterator = (
    Symbol.asyncIterator in stream ? (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]() : stream
  ) as Stream;
  sender.send([slot, tagOf(generation, STREAM), row.beginStream()]);
  for (let sent = 0; ; sent++) {
    if (row.unconsumed(sent) >= WINDOW) await credit(sent, row, () => words.isCancelled(slot));
    if (words.isCancelled(slot)) {
      await iterator.return?.();
      return;
    }
    const step = await iterator.next();
    if (step.done === true) return;
    try {
      sender.sendValue(running, ITEM, step.value);
    } catch (error) {
      await iterator.return?.();
      throw error;
    }
  }
}

/** Waits until another item may be sent after the `sent` first ones, or `isCancelled()`. */
async function credit(sent: number, row: WorkerRow, isCancelled: () => boolean): Promise<void> {
  const release = holdEventLoop();
  try {
    for (;;) {
      const generation = row.credit.enter();
      try {
        const ticket = row.credit.ticket();
        if (row.unconsumed(sent) < WINDOW || isCancelled()) return;
        await row.credit.parkAsync(ticket, Infinity, undefined);
      } finally {
        row.credit.leave(generation);
      }
    }
  } finally {
    release();
  }
}
