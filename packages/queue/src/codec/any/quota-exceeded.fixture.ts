/** What a {@link QuotaExceededError} is made with. */
interface Options {
  readonly quota?: number;
  readonly requested?: number;
}

/** As the standard has it, for engines that have none. */
class StandIn extends DOMException {
  readonly #quota: number | null;
  readonly #requested: number | null;

  constructor(message = '', { quota, requested }: Options = {}) {
    super(message, 'QuotaExceededError');
    this.#quota = quota ?? null;
    this.#requested = requested ?? null;
  }

  get quota(): number | null {
    return this.#quota;
  }

  get requested(): number | null {
    return this.#requested;
  }
}

Object.defineProperty(StandIn, 'name', { value: 'QuotaExceededError' });
Object.defineProperty(StandIn.prototype, Symbol.toStringTag, { value: 'QuotaExceededError' });

/** The engine's own class, or one that is like it. */
export const QuotaExceededError: typeof StandIn =
  (globalThis as { QuotaExceededError?: typeof StandIn }).QuotaExceededError ?? StandIn;
export type QuotaExceededError = StandIn;
