/// <reference lib="esnext.disposable" preserve="true" />

/** `Symbol.dispose`, also where the engine has none and the code that uses it brings its own. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as never);

/** What a guard needs of its mutex. */
export interface Guarded {
  /** Unlocks if the hold with this number is the present one. */
  unlockHold(hold: number): void;
  /** Whether the hold with this number was taken over from a thread that died. */
  isAbandoned(hold: number): boolean;
}

/**
 * Stands for one hold of a {@link Mutex}: from `lock`, `tryLock` or `lockAsync`, to be used on that thread.
 *
 * @example
 * ```ts
 * {
 *   using guard = mutex.lock();
 *   counter[0]++;
 * } // unlocked here, also when the block throws
 * ```
 */
export class MutexGuard implements Disposable {
  readonly #mutex: Guarded;
  readonly #hold: number;
  #over = false;

  /** @internal */
  constructor(mutex: Guarded, hold: number) {
    this.#mutex = mutex;
    this.#hold = hold;
  }

  /**
   * Whether the thread that held the lock before died while it held it, so that what the lock protects may
   * have been left half-changed. Also tells so when that happened while `condition.wait` had let go of the
   * lock. To be read while the lock is held; does not block.
   */
  get abandoned(): boolean {
    return this.#mutex.isAbandoned(this.#hold);
  }

  /** Unlocks the mutex, if this hold has not ended yet; does nothing otherwise. Does not block. */
  unlock(): void {
    if (this.#over) return;
    this.#over = true;
    this.#mutex.unlockHold(this.#hold);
  }

  /** The same as {@link unlock}, for `using`. */
  [dispose](): void {
    this.unlock();
  }
}
