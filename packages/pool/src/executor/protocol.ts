/**
 * What an executor and its workers tell each other.
 *
 * Tasks go to the workers by a queue that all of them take from, results come back by another one, both as flat
 * arrays. What bytes cannot carry (ports, transferred buffers, shared memory, shared objects) goes by the worker's
 * port instead, in step with the queues: a result whose value was posted says so in its record, and by then the
 * message has arrived, so the owner takes it off the port at once. Arguments that go by a port are posted to every
 * worker before the task is put on the queue, so that whichever takes it has them, even if the owner blocks
 * meanwhile. Those that can be posted only once (transferred ones), or are too big for that, the worker that takes
 * the task asks for with CLAIM, as does a worker that was started later.
 *
 * @packageDocumentation
 */
import type { MessagePort } from 'node:worker_threads';
import type { PriorityQueueHandle, QueueHandle } from '@pkg/queue';
import type { PackedError } from '../thread/error-travel.ts';
import type { PackedValue } from './value-travel.ts';
import type { WorkerCode } from './worker-code.ts';

/** How records are encoded: as by `'any'`, by a codec of `@pkg/queue` for arrays that nobody has added anything to. */
export const RECORD_CODEC = 'record' as 'any';

/**
 * A task on its way: slot, generation, the number of its name, when it was submitted (in microseconds of the
 * executor's clock), and the arguments. Where these go by a port, the number is the complement of the name's and what
 * follows is the ticket that they are known by. Flat, and of small numbers: this is encoded and decoded for each task.
 */
export type TaskRecord = [
  slot: number,
  generation: number,
  name: number,
  submittedAt: number,
  ...args: unknown[],
];

/** A task that has a priority is preceded by it. */
export type PriorityRecord = [priority: number, ...TaskRecord];

/** Elements before the arguments. */
export const RECORD_HEAD = 4;

/** A result on its way: slot, tag (see {@link tagOf}), value. */
export type ResultRecord = [slot: number, tag: number, value?: unknown];

/** A generation and a kind in one. */
export const tagOf = (generation: number, kind: number): number => (generation << KIND_BITS) | kind;
export const generationOf = (tag: number): number => tag >>> KIND_BITS;
export const kindOf = (tag: number): number => tag & (POSTED - 1);
export const isPosted = (tag: number): boolean => (tag & POSTED) !== 0;

/** The task returned `value`. */
export const VALUE = 0;
/** The task threw; `value` is a PackedError. */
export const ERROR = 1;
/** The task had been cancelled when it was taken. */
export const SKIPPED = 2;
/** The worker wants the task's arguments by its port. */
export const CLAIM = 3;
/** The task returned an iterator: items follow. */
export const STREAM = 4;
/** The next item of the stream. */
export const ITEM = 5;
/** The task reported `value` as its progress. */
export const PROGRESS = 6;
/** The module has no such task; `value` lists those that it has. */
export const NOT_FOUND = 7;
/** When the worker began the task, and when it ended it or -1, in microseconds; sent while somebody watches. */
export const TIMES = 8;
/** Added to a kind: the value is the next message on the worker's port. */
export const POSTED = 16;
const KIND_BITS = 5;

/** Items of a stream that may be on their way to a consumer who has not asked for them yet. */
export const WINDOW = 16;

/** What the owner posts to a worker. */
export type Mail =
  | { type: 'args'; slot: number; generation: number; ticket: number; args: PackedValue }
  | { type: 'task'; record: TaskRecord; args: PackedValue }
  | { type: 'cancel'; slot: number; generation: number; reason: PackedError };

/** What a worker posts to the owner. */
export type Farewell =
  | { type: 'value'; value: PackedValue }
  | { type: 'load-failed'; error: PackedError; initializer: boolean }
  | { type: 'uncaught'; error: PackedError }
  | { type: 'exited'; code: number }
  | { type: 'retired' };

/** The `workerData` of a worker. */
export interface WorkerData {
  /** What the worker runs; undefined where it imports that. */
  readonly code: WorkerCode | undefined;
  readonly url: string;
  /** Names the executor: see `attached/messages.ts`. */
  readonly channel: string;
  readonly name: string;
  readonly row: number;
  /** What the executor's clock counts from: milliseconds since 1970. */
  readonly epoch: number;
  readonly control: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly names: SharedArrayBuffer;
  readonly tasks: QueueHandle<TaskRecord>;
  readonly urgent: PriorityQueueHandle<PriorityRecord>;
  readonly later: PriorityQueueHandle<PriorityRecord>;
  readonly results: QueueHandle<ResultRecord>;
  readonly port: MessagePort;
  readonly liveness: MessagePort | undefined;
  readonly initializer: { readonly name: string; readonly args: PackedValue } | undefined;
}
