import type { StreamSink } from '../stream-sink.ts';

/** What a {@link RelayedStream} tells of itself; at most one of `end` and `fail`, and nothing after it. */
export interface StreamEvents {
  item(value: unknown): void;
  end(): void;
  fail(error: unknown): void;
}

/**
 * A stream that is handed on to another thread, item by item as they arrive: without the event loop, as this thread may
 * block. The worker stays a window ahead of the consumer over there, which tells the attachment what it has consumed.
 */
export class RelayedStream implements StreamSink {
  readonly #events: StreamEvents;
  #ended = false;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  push(item: unknown): void {
    if (!this.#ended) this.#events.item(item);
  }

  end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#events.end();
    return true;
  }

  fail(error: unknown): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#events.fail(error);
    return true;
  }

  callOff(error: unknown): boolean {
    return this.fail(error);
  }
}
