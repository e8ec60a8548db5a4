/**
 * What is to happen when a signal is aborted, for any number of waits and tasks with that signal.
 *
 * A program has one signal for its end and hundreds of waits that it calls off. With a listener for each Node 20 warns of
 * a leak from the eleventh on, and each one that is taken away is looked for among all others. So a signal has one
 * listener of ours, as long as anybody waits for it.
 *
 * @packageDocumentation
 */
import { throwUncaught } from './throw-uncaught.ts';

const listeners = new WeakMap<AbortSignal, Listener>();

class Listener {
  readonly #callbacks = new Set<{ call(): void }>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    listeners.set(signal, this);
  }

  add(call: () => void): () => void {
    // The same function may be added twice.
    const callback = { call };
    this.#callbacks.add(callback);
    return () => {
      if (this.#callbacks.delete(callback) && this.#callbacks.size === 0) this.#close();
    };
  }

  readonly #onAbort = (): void => {
    listeners.delete(this.#signal);
    // One that is taken away by another is passed over, as listeners are.
    for (const callback of this.#callbacks) {
      this.#callbacks.delete(callback);
      try {
        callback.call();
      } catch (error) {
        // As of a listener: the others are called all the same.
        throwUncaught(error);
      }
    }
  };

  #close(): void {
    // Not of a listener that has come after this one was called.
    if (listeners.get(this.#signal) !== this) return;
    listeners.delete(this.#signal);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

const nothing = (): void => {};

/**
 * Calls `callback` when `signal` is aborted, in the order of these calls; never, when it is aborted already. Does not
 * block.
 *
 * @returns takes the callback away again; does nothing once it was called
 */
export function whenAborted(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined || signal.aborted) return nothing;
  return (listeners.get(signal) ?? new Listener(signal)).add(callback);
}
