import type { ResourceLimits } from 'node:worker_threads';
import type { TransferListItem } from './transfer-list-item.ts';

/** What a Thread can be given. All of it is fixed by `start()`. */
export interface ThreadOptions {
  /** What errors and debuggers call the thread. Default: the class's name and a running number. */
  name?: string | undefined;
  /**
   * Whether the process may end while the thread still runs. Default: that of the thread that makes the
   * object; the main thread is none.
   */
  daemon?: boolean | undefined;
  /** Limits for the thread's own heap and stack, each a finite number of MiB above 0, of stack 0.25 or more. Default: Node's. */
  resourceLimits?: ResourceLimits | undefined;
  /** The thread's `process.env`: `SHARE_ENV` for one and the same. Default: a copy of the starter's. */
  env?: NodeJS.Dict<string> | symbol | undefined;
  /** Node options of the thread, such as `['--conditions=dev']`. Default: those of the starter, without `--input-type`. */
  execArgv?: string[] | undefined;
  /** Appended to `process.argv` in the thread. Default: none. */
  argv?: string[] | undefined;
  /** Objects among the fields that are moved instead of copied, such as a `MessagePort`. Default: none. */
  transfer?: readonly TransferListItem[] | undefined;
}
