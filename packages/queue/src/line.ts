import { Countdown, LONGEST_TIMER, realTime, whenAborted } from '@pkg/sync/kernel';

/**
 * Lets the asynchronous calls of one thread go on one after the other, in the order in which they came. A thread's calls
 * share no memory for that: a later one that tried its luck first could be served before an earlier one that sleeps, when
 * what that one waits for is there and it has not come round yet.
 */
export class Line {
  /** Those who wait, in order; called when it is their turn. */
  readonly #waiting = new Set<() => void>();
  #isTaken = false;

  /** Whether somebody has gone on, and not left yet. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Goes on at once if nobody is before. After true, {@link leave} is due. Does not block. */
  tryEnter(): boolean {
    if (this.#isTaken) return false;
    this.#isTaken = true;
    return true;
  }

  /**
   * Goes on when all who came before have left. After true, {@link leave} is due; false when the deadline passed first.
   * Rejects with the reason of `signal` when it is aborted first. Does not keep the process alive: who is before does.
   */
  async enter(deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.tryEnter()) return true;
    return new Promise((resolve, reject) => {
      const countdown = new Countdown(deadline);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = () => {
        this.#waiting.delete(goOn);
        realTime.clearTimeout(timer);
        forget();
      };
      const goOn = () => {
        end();
        resolve(true);
      };
      const look = () => {
        const { left } = countdown;
        if (left > 0) {
          const span = Math.min(left, LONGEST_TIMER);
          timer = realTime.setTimeout(() => {
            countdown.slept(span);
            look();
          }, Math.ceil(span));
        } else {
          end();
          resolve(false);
        }
      };
      this.#waiting.add(goOn);
      const forget = whenAborted(signal, () => {
        end();
        reject(signal?.reason);
      });
      if (deadline !== Infinity) look();
    });
  }

  /** Lets the next one go on. Does not block. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#isTaken = false;
    // Handed over: whoever comes between this and the next one's turn waits behind it.
    else next();
  }
}
