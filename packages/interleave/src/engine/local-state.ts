/** An operation that has begun and not yet made an access. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What a body came to. */
export type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** Of a local state in which no operation is about to begin. */
export const noCalls: readonly Call[] = [];
/** Stands for -0 among answers, which a Map would take for 0. */
const minusZero = Symbol('-0');
const keyOf = (answer: unknown): unknown => (answer === 0 && Object.is(answer, -0) ? minusZero : answer);

/**
 * Where a body stands: a local state of its thread. It is a function of what the body has been answered so far, and
 * what the body does next is a function of it. Both are learnt when the body is run, so that it need not be run again to
 * come here, nor to go on from here to where it has been before.
 */
export class LocalState {
  readonly number: number;
  /** How often an execution went on from here after a switch. */
  entries = 0;
  /** Does what the body does next; undefined as long as that is not known, or when the body ends here. */
  perform: (() => void) | undefined;
  /** Its signature, and what the body gives to it. */
  signature = 0;
  argument: unknown = undefined;
  /** The operations that are about to begin. */
  calls = noCalls;
  /** What the body ends with, if it ends here. */
  outcome: Outcome | undefined;
  /** What {@link ModelThread.forgetAtEnd} knows of an execution that ends here. */
  digests: readonly number[] | undefined;
  readonly #states: LocalStates;
  /** Where a method that keeps nothing leads, by its result. */
  #afterMethod: Map<unknown, LocalState | undefined> | undefined;
  /** What was answered here first, and where that leads; mostly there is one answer. */
  #answer: unknown;
  #next: LocalState | undefined;
  #others: Map<unknown, LocalState> | undefined;

  constructor(states: LocalStates, number: number) {
    this.#states = states;
    this.number = number;
  }

  learn(signature: number, argument: unknown, calls: readonly Call[], perform: () => void): void {
    this.signature = signature;
    this.argument = argument;
    if (calls.length > 0) this.calls = [...calls];
    this.perform = perform;
  }

  /** Where the body stands once a method of a memoryless class that it calls here has returned, however that went. */
  afterMethod(result: unknown): LocalState | undefined {
    const key = keyOf(result);
    this.#afterMethod ??= new Map();
    let next = this.#afterMethod.get(key);
    if (next === undefined) {
      next = this.#states.add();
      this.#afterMethod.set(key, next);
    }
    return next;
  }

  /** Where the body stands once what it does here was answered; undefined when there is no room to learn more. */
  after(answer: unknown): LocalState | undefined {
    const key = keyOf(answer);
    if (this.#next === undefined) {
      this.#next = this.#states.add();
      this.#answer = key;
      return this.#next;
    }
    if (key === this.#answer) return this.#next;
    let next = this.#others?.get(key);
    if (next === undefined) {
      next = this.#states.add();
      if (next !== undefined) {
        this.#others ??= new Map();
        this.#others.set(key, next);
      }
    }
    return next;
  }
}

/** The local states of all threads of a scenario, as far as they have been met. */
export class LocalStates {
  #most: number;
  readonly #all: LocalState[] = [];
  readonly #beginnings = new Map<string, LocalState | undefined>();

  /** @param most how many are kept; from others on bodies are run */
  constructor(most: number) {
    this.#most = most;
  }

  /** A new one; undefined when there are enough. */
  add(): LocalState | undefined {
    if (this.#all.length >= this.#most) return undefined;
    const state = new LocalState(this, this.#all.length);
    this.#all.push(state);
    return state;
  }

  /** The state with this number; undefined for that of no state. */
  at(number: number): LocalState | undefined {
    return number < 0 ? undefined : this.#all[number];
  }

  /** Forgets all, and learns no more. */
  forgo(): void {
    this.#most = 0;
    this.#all.length = 0;
    this.#beginnings.clear();
  }

  /** Where a body stands at its start. */
  beginning(body: string): LocalState | undefined {
    let state = this.#beginnings.get(body);
    if (state === undefined) {
      state = this.add();
      this.#beginnings.set(body, state);
    }
    return state;
  }
}
