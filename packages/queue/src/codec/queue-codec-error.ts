import { registerErrorClass } from '@pkg/sync/kernel';

/**
 * An item cannot be turned into bytes, or bytes cannot be turned back into an item.
 *
 * Thrown by every `put` verb before the queue is touched, so the queue is unchanged; and by a `get` verb
 * when the stored bytes are not what this queue's codec writes (two threads that use different codecs, or
 * a user's codec that throws).
 *
 * @example
 * ```ts
 * try {
 *   queue.put({ options: { onDone: () => {} } });
 * } catch (error) {
 *   if (error instanceof QueueCodecError) console.error(error.path); // item.options.onDone
 * }
 * ```
 */
export class QueueCodecError extends Error {
  /** Stable across releases; use it where `instanceof` is not possible. */
  readonly code = 'QUEUE_CODEC';

  /** Where the value sits in the item, as one would write it: `item.options["on-done"][3]`. */
  readonly path: string;

  /**
   * @param message says which value, of which type, and what to do about it
   * @param options `path` (default `'item'`, the whole item) and the error that led here, if any
   */
  constructor(message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.path = options.path ?? 'item';
  }
}

// On the prototype, as the built-in errors have it: an own `name` would show up among the error's fields.
Object.defineProperty(QueueCodecError.prototype, 'name', {
  value: 'QueueCodecError',
  configurable: true,
  writable: true,
});
registerErrorClass(QueueCodecError);
