/**
 * What an executor and the threads that are attached to it tell each other.
 *
 * Workers take tasks from queues in shared memory, but who made the executor keeps the books: slots, retries, the
 * line in front of a full queue, the deaths of workers. So a submission from another thread goes to the owner's,
 * which submits the task on its behalf and hands back what becomes of it.
 *
 * They meet on a `BroadcastChannel` that the handle names: a thread says {@link Hello} there, once, and the owner
 * joins it on a channel of the thread's own, which then has exactly two ends. Channels, and not ports, because a
 * handle has to be structured-cloneable, and a port could be handed over only once. Both sides can read a channel
 * without their event loops, so either may block in `submitSync`.
 *
 * ```text
 *   Hello.memory   word 0, 1   MAIL      event count; the attached thread waits for replies
 *                  word 2      WELCOME   0, then 1 when the owner has joined the channel   written by the owner
 *                  word 3      REPLIES   posted so far, modulo 2^32                        written by the owner
 * ```
 *
 * @packageDocumentation
 */
import type { SharedHandle } from '@pkg/sync';
import { EVENT_COUNT_WORDS } from '@pkg/sync/kernel';
import type { PackedError } from '../../thread/error-travel.ts';
import type { PackedValue } from '../value-travel.ts';

/** The kind of an executor's handle. */
export const KIND_OF_EXECUTOR = '@pkg/pool.ThreadPoolExecutor';

export const MAIL = 0;
export const WELCOME = EVENT_COUNT_WORDS;
export const REPLIES = WELCOME + 1;
export const HELLO_BYTES = (REPLIES + 1) * 4;

/** What stands for an executor on its way to another thread: structured-cloneable, to be given to `from`. */
export interface ExecutorHandle extends SharedHandle {
  /** The module of the tasks. */
  readonly url: string;
  /** Where the owner listens for those who attach. Nobody else's executor has the same. */
  readonly channel: string;
  readonly maxWorkers: number;
  readonly control: SharedArrayBuffer;
  /** The roll of threads, and who is the owner in it. */
  readonly threads: SharedArrayBuffer;
  readonly owner: number;
}

/** A thread attaches. */
export interface Hello {
  /** Where it wants to be met. */
  readonly channel: string;
  /** Its id in the handle's roll of threads. */
  readonly thread: number;
  readonly memory: SharedArrayBuffer;
}

/**
 * The task that a submission comes out of, where it comes from a worker of the executor itself and may keep that
 * worker for ever.
 */
export interface Parent {
  readonly slot: number;
  readonly generation: number;
}

/** What an attached thread wants. `id` is its number for the task. */
export type Request =
  | {
      type: 'submit';
      id: number;
      name: string;
      args: PackedValue;
      priority: number;
      retries: number;
      progress: boolean;
      parent: Parent | undefined;
      /** Whether the parent's thread stands still until this task is done. */
      blocks: boolean;
    }
  | { type: 'broadcast'; id: number; name: string; args: PackedValue; parent: Parent | undefined }
  | { type: 'cancel'; id: number; reason: PackedError }
  /** The consumer of a stream wants no more of it. */
  | { type: 'abandon'; id: number }
  /** Cancels those of the tasks that no worker has begun. */
  | { type: 'cancel-pending'; ids: readonly number[] }
  /** The consumer of a stream has taken another item. */
  | { type: 'consumed'; id: number };

/** What becomes of it. */
export type Reply =
  | { type: 'value'; id: number; value: PackedValue }
  | { type: 'error'; id: number; error: PackedError }
  | { type: 'stream'; id: number }
  | { type: 'item'; id: number; value: PackedValue }
  | { type: 'end'; id: number }
  | { type: 'progress'; id: number; value: PackedValue }
  | { type: 'welcome' }
  /** The executor has ended: this is the last one. */
  | { type: 'closed' };
