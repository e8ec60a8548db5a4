/**
 * What an executor and its workers tell each other.
 *
 * Tasks go to the workers by a queue that all of them take from, results come back by another one, both as flat
 * arrays. What bytes cannot carry (ports, transferred buffers, shared memory, shared objects) goes by the worker's
 * port instead, in step with the queues: a result whose value was posted says so in its record, and by then the
 * message has arrived, so the owner takes it off the port at once; a worker that takes a task without arguments
 * asks for them with CLAIM.
 *
 * @packageDocumentation
 */
import type { MessagePort } from 'node:worker_threads';
import type { QueueHandle } from '@pkg/queue';
import type { PackedError } from '../thread/error-travel.ts';
import type { PackedValue } from './value-travel.ts';

/**
 * A task on its way: slot, generation, name, when it was submitted (in milliseconds of the executor's clock),
 * arguments. Without arguments: they are to be claimed.
 */
export type TaskRecord = [
  slot: number,
  generation: number,
  name: string,
  submittedAt: number,
  args?: unknown[],
];

/** A result on its way. */
export type ResultRecord = [slot: number, generation: number, kind: number, value?: unknown];

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
/** Added to a kind: the value is the next message on the worker's port. */
export const POSTED = 16;

/** Items of a stream that may be on their way to a consumer who has not asked for them yet. */
export const WINDOW = 16;

/** What the owner posts to a worker. */
export type Mail =
  | { type: 'args'; slot: number; args: PackedValue }
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
  readonly url: string;
  readonly name: string;
  readonly row: number;
  /** What the executor's clock counts from: milliseconds since 1970. */
  readonly epoch: number;
  readonly control: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly tasks: QueueHandle<TaskRecord>;
  readonly results: QueueHandle<ResultRecord>;
  readonly port: MessagePort;
  readonly liveness: MessagePort | undefined;
  readonly initializer: { readonly name: string; readonly args: PackedValue } | undefined;
}
