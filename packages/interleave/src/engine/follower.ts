import { digestOutcome } from './hash.ts';
import { type Call, type LocalState, noCalls, type Outcome } from './local-state.ts';
import { killed, type ModelThread } from './model-thread.ts';
import * as op from './operations.ts';
import { Scheduler } from './scheduler.ts';

/**
 * A body that has come to a local state is run nevertheless, the first time and once in so many: one that does something
 * else then is nondeterministic.
 */
const entriesPerRun = 256;

/**
 * The scheduler together with what was learnt of the bodies. A search comes to the same local state of a thread a hundred
 * times, and to run a body again up to there takes longer than all else: what the body does next is done without it, as
 * long as that is known.
 */
export abstract class Follower extends Scheduler {
  /** Operations that began and have not yet made an access: each begins, in the history, with that. */
  protected readonly calls: Call[] = [];
  /** Whether what the running thread does is what its body was seen to do, and the body is not run. */
  protected isFollowing = false;

  /** Runs the body from its start. */
  protected abstract enterBody(thread: ModelThread): unknown;

  protected override runBody(thread: ModelThread): unknown {
    if (thread.length === 0) thread.local = this.locals.beginning(this.#bodyOf(thread));
    const { local } = thread;
    if (local !== undefined && local.entries++ % entriesPerRun > 0) {
      const outcome = this.#follow(thread);
      if (outcome !== undefined) {
        if ('error' in outcome) throw outcome.error;
        return outcome.result;
      }
      this.cursor = 0;
    }
    let result: unknown;
    try {
      result = this.enterBody(thread);
    } catch (error) {
      if (!this.unwinding) this.#learnEnd(thread, { error });
      throw error;
    }
    if (!this.unwinding) this.#learnEnd(thread, { result });
    return result;
  }

  /** Tells the bodies of threads apart, and those of recoveries by whom they are for. */
  #bodyOf(thread: ModelThread): string {
    const { index, victim } = thread;
    return victim < 0 ? `${index}` : `${index} for ${victim}, ${this.deadBefore(thread).join()}`;
  }

  /**
   * Does what the body of the thread was seen to do, from where it stands.
   *
   * @returns what it ends with; undefined when it comes to where it is not known how it goes on
   */
  #follow(thread: ModelThread): Outcome | undefined {
    this.isFollowing = true;
    this.calls.length = 0;
    try {
      for (;;) {
        this.cursor = thread.length;
        const { local } = thread;
        if (local === undefined || local.outcome !== undefined) return local?.outcome;
        const { perform, calls } = local;
        if (perform === undefined) return undefined;
        if (calls !== noCalls) {
          this.calls.length = 0;
          this.calls.push(...calls);
        }
        perform();
      }
    } finally {
      this.isFollowing = false;
    }
  }

  /**
   * The running body does this next, for the first time in this execution.
   *
   * @param perform does the same
   */
  protected learn(thread: ModelThread, signature: number, argument: unknown, perform: () => void): void {
    const local = thread.local as LocalState;
    if (local.perform === undefined) {
      if (local.outcome !== undefined) this.failToRepeat(thread, thread.length, undefined, signature);
      local.learn(signature, argument, this.calls, perform);
    } else if (local.signature !== signature || !Object.is(local.argument, argument)) {
      this.failToRepeat(thread, thread.length, local.signature, signature);
    }
  }

  /** Whether a body is run, and it is of use to know what it does next. */
  protected isLearning(thread: ModelThread): boolean {
    return !this.isFollowing && thread.local !== undefined;
  }

  /** What bodies do is not a function of what they were answered: they have to be run. */
  forgoLocalStates(): void {
    this.locals.forgo();
    for (const thread of this.threads) thread.local = undefined;
  }

  #learnEnd(thread: ModelThread, outcome: Outcome): void {
    const { local } = thread;
    if (local === undefined || this.cursor < thread.length) return;
    if (local.perform !== undefined) this.failToRepeat(thread, thread.length, local.signature, undefined);
    if (local.outcome === undefined) local.outcome = outcome;
    else if (digestOutcome(local.outcome) !== digestOutcome(outcome)) {
      this.failToRepeat(thread, thread.length, undefined, undefined);
    }
  }

  /** The thread that this one recovers, and those that have died recovering it. */
  protected deadBefore(thread: ModelThread): number[] {
    return this.threads
      .filter(
        ({ index, status, victim }) =>
          status === killed && index < thread.index && (index === thread.victim || victim === thread.victim),
      )
      .map(({ index }) => index);
  }

  /** @param before what it did, undefined if it ended, and `now` what it does instead */
  protected failToRepeat(
    thread: ModelThread,
    at: number,
    before: number | undefined,
    now: number | undefined,
  ): never {
    const difference =
      before === now ? `was ${told(now)} with another value` : `was ${told(before)} and is now ${told(now)}`;
    this.fail(
      'nondeterminism',
      `thread ${thread.index}, run again, did not do the same: its access ${at} ${difference}` +
        '. A body must depend on nothing but shared memory: no state of the context or the module that it changes, and ' +
        'no object that keeps more than `memoryless` and `keeps` say',
    );
  }
}

/** An access by its signature, or the end of the body. */
function told(signature: number | undefined): string {
  if (signature === undefined) return 'none, as it ended';
  const operation = op.operationOf(signature);
  const name = op.operationNames[operation] as string;
  return op.withoutAddress.has(operation) ? name : `${name} at byte ${op.addressOf(signature)}`;
}
