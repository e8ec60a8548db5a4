import type { Operation } from '../scenario.ts';
import type { ModelThread } from './model-thread.ts';
import { operationEnd, operationStart } from './operations.ts';

/** The operations noted in the threads' logs, by start. */
export function historyOf(threads: readonly ModelThread[]): Operation[] {
  const history: Operation[] = [];
  for (const thread of threads) {
    const open: number[] = [];
    for (let at = 0; at < thread.length; at++) {
      const signature = thread.signatures[at];
      if (signature === operationStart) {
        const { name, args } = thread.args[at] as { name: string; args: readonly unknown[] };
        open.push(history.length);
        const start = thread.values[at] as number;
        history.push({ thread: thread.index, name, args, start, end: Number.POSITIVE_INFINITY });
      } else if (signature === operationEnd) {
        const index = open.pop() as number;
        const outcome = thread.args[at] as { result?: unknown; error?: unknown };
        history[index] = { ...(history[index] as Operation), ...outcome, end: thread.values[at] as number };
      }
    }
  }
  return history.sort((left, right) => left.start - right.start);
}
