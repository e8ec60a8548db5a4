import { messageOf, registerErrorClass } from '@pkg/sync/kernel';
import { isInstance } from './is-instance.ts';

/**
 * An item cannot be turned into bytes, or bytes cannot be turned back into an item.
 *
 * Thrown by every `put` verb before the queue is touched, so the queue is unchanged; and by a `get` verb
 * when the stored bytes are not what this queue's codec writes (two threads that use different codecs, or
 * a user's codec that throws). An item is decoded after it was taken, so the queue of a failed `get` has {@link taken}
 * items less: what could be read of them is in {@link items}, and all of them stay unfinished until `taskDone(taken)`.
 *
 * @example
 * ```ts
 * try {
 *   queue.put({ options: { onDone: () => {} } });
 * } catch (error) {
 *   if (error instanceof QueueCodecError) console.error(error.path); // item.options.onDone
 * }
 *
 * try {
 *   for (const item of queue.getMany(100)) handle(item);
 * } catch (error) {
 *   if (!(error instanceof QueueCodecError)) throw error;
 *   for (const item of error.items) handle(item);
 *   queue.taskDone(error.taken);
 * }
 * ```
 */
export class QueueCodecError extends Error {
  /** Stable across releases; use it where `instanceof` is not possible. */
  readonly code = 'QUEUE_CODEC';

  /** Where the value sits in the item, as one would write it: `item.options["on-done"][3]`. */
  readonly path: string;

  /**
   * How many items the failed call has taken out of the queue, those that could not be read among them: 0 for a `put`
   * verb and for `deadLetters`, 1 for the verbs that take one item, 1 or more for a batch. Each of them is unfinished
   * until `taskDone`.
   */
  readonly taken: number;

  /**
   * Those items that could be read, in order: of a batch the {@link taken} ones, of `deadLetters` the dead letters.
   * Otherwise none.
   */
  readonly items: readonly unknown[];

  /** Which of the items that were given to `putMany` it is, from 0; `undefined` for the other verbs. */
  readonly index: number | undefined;

  /**
   * @param message says which value, of which type, and what to do about it
   * @param options `path` (default `'item'`, the whole item), the error that led here, if any, `taken` (default 0),
   *   `items` (default none) and `index`
   */
  constructor(
    message: string,
    options: {
      path?: string;
      cause?: unknown;
      taken?: number;
      items?: readonly unknown[];
      index?: number | undefined;
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.path = options.path ?? 'item';
    this.taken = options.taken ?? 0;
    this.items = options.items ?? [];
    this.index = options.index;
  }
}

// On the prototype, as the built-in errors have it: an own `name` would show up among the error's fields.
Object.defineProperty(QueueCodecError.prototype, 'name', {
  value: 'QueueCodecError',
  configurable: true,
  writable: true,
});
registerErrorClass(QueueCodecError);

/** Says, at the end of what is wrong with an item, which one of a batch it is. */
export const ofBatch = (index: number): string => ` (the item at index ${index} of the batch)`;

/** What was thrown for an item, telling, if it is a {@link QueueCodecError}, that it is the one at `index` of a batch. */
export function atIndex(thrown: unknown, index: number): unknown {
  if (!isInstance(thrown, QueueCodecError)) return thrown;
  const { path } = thrown;
  const message = `${thrown.message}${ofBatch(index)}`;
  return new QueueCodecError(message, { path, index, ...('cause' in thrown && { cause: thrown.cause }) });
}

/** The errors that say already what a call has taken. */
const told = new WeakSet<QueueCodecError>();

/**
 * The error of a call that could not decode all that it has read from a queue.
 *
 * @param thrown what the codec threw: itself, if it is a {@link QueueCodecError} that can be told what was taken
 * @param taken see {@link QueueCodecError.taken}
 * @param items see {@link QueueCodecError.items}
 */
export function decodeFailure(thrown: unknown, taken: number, items: readonly unknown[]): QueueCodecError {
  if (!isInstance(thrown, QueueCodecError)) {
    // Memory that cannot be had for what the item holds, say.
    const message = `The item could not be decoded: ${messageOf(thrown)}`;
    return new QueueCodecError(message, { cause: thrown, taken, items });
  }
  // A user's codec may throw one error again and again, a frozen one even: what an earlier call said by it must stay.
  if (!told.has(thrown) && !Object.isFrozen(thrown)) {
    told.add(Object.assign(thrown, { taken, items }));
    return thrown;
  }
  return new QueueCodecError(thrown.message, { path: thrown.path, cause: thrown, taken, items });
}
