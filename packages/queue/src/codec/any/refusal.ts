import { describeValue, isSharedArrayBuffer } from '@pkg/sync/kernel';
import { QueueCodecError } from '../queue-codec-error.ts';
import { SHARED_HANDLE } from './kinds.ts';

/** Thrown inside the encoder, which knows the path and turns it into a {@link QueueCodecError}. */
export class Refusal extends Error {
  readonly value: unknown;
  readonly why: string | undefined;

  /** @param why overrides the reason found by looking at the value */
  constructor(value: unknown, why?: string) {
    super('refused');
    this.value = value;
    this.why = why;
  }

  /** The error for the user. */
  at(path: string): QueueCodecError {
    const why = this.why ?? this.#reason();
    return new QueueCodecError(`Cannot put ${path} on the queue: ${describeValue(this.value)} ${why}`, {
      path,
    });
  }

  #reason(): string {
    try {
      return reasonFor(this.value);
    } catch {
      // A proxy, which throws at a look.
      return UNKNOWN_REASON;
    }
  }
}

const UNKNOWN_REASON =
  'holds something that only this thread has. Send the data that the other thread needs to make its own.';

function reasonFor(value: unknown): string {
  if (typeof value === 'function') {
    return 'cannot be carried as bytes. Send data, and find the function by its name in the other thread.';
  }
  if (typeof value === 'symbol') {
    return 'is a symbol, which exists in one thread only. Send a string.';
  }
  if (isSharedArrayBuffer(value)) {
    return 'would arrive as a copy, not as the same memory. Pass it to the thread when it starts.';
  }
  if (typeof value === 'object' && value !== null && SHARED_HANDLE in value) {
    return 'is a shared object, which bytes cannot carry. Pass it, or its handle, to the thread when it starts.';
  }
  if (value instanceof Promise) return 'is still on its way. Await it, and put the result.';
  return UNKNOWN_REASON;
}
