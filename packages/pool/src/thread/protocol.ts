/**
 * What a thread and the thread that started it tell each other.
 *
 * The thread posts outcomes on a port and moves a word in shared memory; the starter reads both without its
 * event loop, so that it learns of the end also while it blocks in `join`.
 *
 * ```text
 *   word 0   STATE     STARTING -> LOADING -> RUNNING -> ENDING     written by the thread alone, except:
 *                      STARTING -> CALLED_OFF                       by the starter
 *        1   JOINERS   how many wait for the end right now      written by the starter alone
 *        2   GRACE     1 from the start until the starter's next turn or join   written by the starter alone
 *        3   EVENTS    event count, notified when STATE becomes RUNNING or ENDING, and when GRACE ends
 * ```
 *
 * An outcome is posted before STATE moves to ENDING, so whoever sees ENDING finds the outcome.
 *
 * Out of STARTING leads a compare-exchange, the first act of the thread. Before it, a thread has no port by which the
 * starter could tell that it has ended. So a starter that wants it to end calls it off: either the thread finds itself
 * called off and exits, or it was LOADING before, and its ports are open.
 *
 * @packageDocumentation
 */

import type { MessagePort } from 'node:worker_threads';
import type { SharedHandle } from '@pkg/sync';
import { EVENT_COUNT_WORDS } from '@pkg/sync/kernel';
import type { PackedError } from './error-travel.ts';

export const STATE = 0;
export const JOINERS = 1;
export const GRACE = 2;
export const EVENTS = 3;
export const STATE_BYTES = (EVENTS + EVENT_COUNT_WORDS) * 4;

/** The thread has not begun: it has loaded nothing of the user's but what its `execArgv` preloads. */
export const STARTING = 0;
/** The module is being loaded; nothing of the user's `run` has happened. */
export const LOADING = 1;
/** The class was found and the fields have arrived. */
export const RUNNING = 2;
/** Nothing of the user's `run` will happen any more. */
export const ENDING = 3;
/** The starter ended the thread before it began: the module will not be loaded. */
export const CALLED_OFF = 4;

/** How a thread ended, as far as it could tell by itself. The last one posted counts. */
export type Outcome =
  | { type: 'returned' }
  /** `run` threw or rejected. `reported`: the thread has written the error to stderr, as nobody joined. */
  | { type: 'threw'; error: PackedError; reported: boolean }
  /** An error that nobody caught, outside of what `run` awaits. `loaded`: after `run` had begun. */
  | { type: 'uncaught'; error: PackedError; reported: boolean; loaded: boolean }
  /** `process.exit`, or (`dry`) nothing was left that could ever settle `run`'s promise. */
  | { type: 'exited'; code: number; dry: boolean; loaded: boolean }
  | { type: 'load-failed'; error: PackedError }
  | { type: 'not-exported'; exports: string[] }
  | { type: 'field-failed'; path: string; error: PackedError };

/** Fields on their way: see `field-travel.ts`. */
export interface PackedFields {
  readonly fields: Record<string, unknown>;
  readonly placeholders: Placeholder[];
}

/** An empty object in the fields that stands for what structured clone would not carry as what it is. */
export type Placeholder = { readonly object: object; readonly path: string } & (
  | { readonly handle: SharedHandle }
  | { readonly error: PackedError }
);

/** The `workerData` of a thread. */
export interface ThreadData {
  readonly url: string;
  readonly className: string;
  readonly name: string;
  readonly daemon: boolean;
  readonly packed: PackedFields;
  readonly state: SharedArrayBuffer;
  readonly outcomes: MessagePort;
  /** Tells the starter that the thread has ended: see `createLivenessProbe`. */
  readonly liveness: MessagePort | undefined;
}
