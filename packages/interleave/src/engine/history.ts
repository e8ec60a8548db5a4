import type { Operation } from '../scenario.ts';
import type { ModelThread } from './model-thread.ts';
import { operationEnd, operationStart } from './operations.ts';

/** Stands for a thrown `undefined`: an operation that has no error is one that returned. */
const bare = new Error('undefined was thrown');

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The operations noted in the threads' logs, by start. */
export function historyOf(threads: readonly ModelThread[]): Operation[] {
  const history: Mutable<Operation>[] = [];
  for (const thread of threads) {
    const open: Mutable<Operation>[] = [];
    for (let at = 0; at < thread.length; at++) {
      const signature = thread.signatures[at];
      if (signature === operationStart) {
        const { name, args } = thread.args[at] as { name: string; args: readonly unknown[] };
        const start = thread.values[at] as number;
        const operation = { thread: thread.index, name, args, start, end: Number.POSITIVE_INFINITY };
        open.push(operation);
        history.push(operation);
      } else if (signature === operationEnd) {
        const operation = open.pop() as Mutable<Operation>;
        const outcome = thread.args[at] as { result?: unknown; error?: unknown };
        operation.end = thread.values[at] as number;
        if ('error' in outcome) operation.error = outcome.error === undefined ? bare : outcome.error;
        else operation.result = outcome.result;
      }
    }
  }
  return history.sort((left, right) => left.start - right.start);
}
