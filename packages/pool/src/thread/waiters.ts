import { holdEventLoop, LONGEST_TIMER, whenAborted } from '@pkg/sync/kernel';

/**
 * Those who wait, without blocking, for what happens once. Not reactions of a promise, which nobody could take back when
 * time is up.
 */
export class Waiters {
  readonly #callbacks = new Set<() => void>();

  /** It has happened: all who wait are told. */
  tell(): void {
    for (const callback of [...this.#callbacks]) callback();
  }

  /**
   * Waits `left` milliseconds at the most. Keeps the process alive meanwhile.
   *
   * @returns true when it has happened, false when the time ran out
   * @throws the signal's reason when that is aborted meanwhile
   */
  wait(left: number, signal: AbortSignal | undefined): Promise<boolean> {
    const release = holdEventLoop();
    return new Promise<boolean>((resolve, reject) => {
      const timer = left > LONGEST_TIMER ? undefined : setTimeout(() => finish(() => resolve(false)), left);
      const callback = () => finish(() => resolve(true));
      const finish = (settle: () => void) => {
        this.#callbacks.delete(callback);
        clearTimeout(timer);
        forget();
        release();
        settle();
      };
      const forget = whenAborted(signal, () => finish(() => reject(signal?.reason)));
      this.#callbacks.add(callback);
    });
  }
}
