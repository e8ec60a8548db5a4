import type { CallOptions, ThreadContext } from '../scenario.ts';
import { withType } from '../with-type.ts';
import { Follower } from './follower.ts';
import { digestContent, digestOutcome, mixFirst } from './hash.ts';
import type { LocalState, Outcome } from './local-state.ts';
import { type ModelThread, waiting } from './model-thread.ts';
import * as op from './operations.ts';
import { begins, ends } from './pending-access.ts';
import type { RaceWitness } from './races.ts';
import { suspension } from './suspension.ts';

/** The longest round of a spin loop, in accesses, that is recognised as one. */
const longestCircle = 8;

/**
 * The scheduler together with what runs a body against its log: answers for what it did before, the operations
 * that it notes for the history, and what gives it away as nondeterministic or spinning.
 */
export abstract class BodyRunner extends Follower {
  protected readonly contexts: ThreadContext[];
  /** What the scenario's setup returned. */
  context: unknown;

  constructor(...args: ConstructorParameters<typeof Follower>) {
    super(...args);
    this.contexts = this.threads.map(({ index }) =>
      Object.freeze({
        index,
        call: <T>(name: string, given: readonly unknown[], body: () => T, options?: CallOptions) =>
          this.call(name, given, body, options),
      }),
    );
  }

  protected override enterBody(thread: ModelThread): unknown {
    this.calls.length = 0;
    const context = this.contexts[thread.index] as ThreadContext;
    if (thread.victim < 0) {
      return (
        this.scenario.threads[thread.index] as NonNullable<unknown> as (
          c: unknown,
          t: ThreadContext,
        ) => unknown
      )(this.context, context);
    }
    return this.scenario.recover?.(
      this.context,
      { killed: thread.victim, dead: this.deadBefore(thread) },
      context,
    );
  }

  /** Answers from the log, and finds out a body that does something else than before. */
  protected replay(thread: ModelThread, signature: number, arg: unknown): unknown {
    // A call begins with its first atomic access: plain accesses may come before.
    if (this.calls.length > 0 && thread.signatures[this.cursor] === op.operationStart) this.skipCalls(thread);
    const at = this.cursor++;
    if (thread.signatures[at] !== signature) this.diverge(thread, at, signature);
    const before = thread.args[at];
    if (before !== arg && !Object.is(before, arg) && arg !== undefined) this.diverge(thread, at, signature);
    return thread.values[at];
  }

  protected diverge(thread: ModelThread, at: number, signature: number): never {
    return this.failToRepeat(thread, at, thread.signatures[at], signature);
  }

  /**
   * The running thread's last access changed nothing: is it going round in a circle? It is, if memory has not
   * changed and its last accesses, with what they yielded, repeat the ones before, `spinLimit` times over.
   */
  protected noteRepetition(thread: ModelThread, signature: number, result: unknown): void {
    const version = this.memory.version;
    const last = thread.length - 1;
    if (thread.seenVersion !== version) {
      thread.seenVersion = version;
      thread.seenFrom = last;
      thread.spinning = 0;
      return;
    }
    const { signatures, values, seenFrom } = thread;
    const times = this.limits.spinLimit;
    for (let period = 1; period <= longestCircle && last - period * (times + 1) + 1 >= seenFrom; period++) {
      if (signatures[last - period] !== signature || values[last - period] !== result) continue;
      let same = 1;
      while (same < period * times) {
        const at = last - same;
        if (signatures[at] !== signatures[at - period] || values[at] !== values[at - period]) break;
        same++;
      }
      if (same === period * times) {
        thread.spinning = 1;
        return;
      }
    }
  }

  protected reportRace(thread: ModelThread, address: number, size: number, witness: RaceWitness): never {
    this.tracer?.race(thread.index, address, size, witness);
    return this.fail(
      'race',
      `threads ${witness.thread} and ${thread.index} access the same bytes in no order, at least one of them ` +
        'writes, and at least one access is plain',
    );
  }

  protected call<T>(name: string, args: readonly unknown[], body: () => T, { keeps }: CallOptions = {}): T {
    if (keeps !== undefined && typeof keeps !== 'function') {
      throw new TypeError(`thread.call('${name}'): keeps is a function, not ${withType(keeps)}`);
    }
    const thread = this.running;
    if (thread === null) return body();
    if (this.unwinding) throw suspension;
    this.calls.push({ name, args });
    let result: T;
    try {
      result = keeps === undefined ? body() : this.forget(body, keeps);
    } catch (error) {
      if (this.unwinding || error === suspension) throw error;
      this.endCall(thread, { error });
      throw error;
    }
    this.endCall(thread, { result });
    return result;
  }

  /**
   * Writes the start of the operations that now make their first access. Their place in the order is all that
   * matters: which operations of each other thread had returned by now.
   */
  protected beginCalls(thread: ModelThread): void {
    let order = 0;
    for (const other of this.threads) order = Math.imul(order, 31) + (other === thread ? 0 : other.returns);
    for (const call of this.calls) thread.append(op.operationStart, this.ticks++, { ...call, order }, order);
    this.noteMark(begins);
    this.wakeEnders();
    this.calls.length = 0;
    this.cursor = thread.length;
  }

  protected skipCalls(thread: ModelThread): void {
    for (let n = this.calls.length; n > 0; n--) {
      if (thread.signatures[this.cursor] !== op.operationStart)
        this.diverge(thread, this.cursor, op.operationStart);
      this.cursor++;
    }
    this.calls.length = 0;
  }

  protected endCall(thread: ModelThread, outcome: Outcome): void {
    if (this.unwinding) throw suspension;
    if (this.cursor < thread.length) {
      if (this.calls.length > 0) this.skipCalls(thread);
      if (thread.signatures[this.cursor] !== op.operationEnd)
        this.diverge(thread, this.cursor, op.operationEnd);
      this.cursor++;
      return;
    }
    if (this.isLearning(thread)) {
      this.learn(thread, op.operationEnd, digestOutcome(outcome), () => this.endCall(thread, outcome));
    }
    if (this.calls.length > 0) this.beginCalls(thread);
    // Dying here, it leaves an operation that has done all it does, and never returned.
    if (this.mayDie(thread)) this.softPoint(thread);
    thread.append(op.operationEnd, this.ticks++, outcome, thread.returns);
    thread.advance();
    thread.returns++;
    thread.softSteps++;
    this.noteMark(ends);
    this.wakeBeginners();
    this.cursor = thread.length;
  }

  /**
   * Runs a method that leaves nothing behind but shared memory, its outcome, and what `keeps` says: from its end on, however
   * it came to that is one.
   */
  forget<T>(method: () => T, keeps?: () => unknown): T {
    const thread = this.running;
    if (thread === null) return method();
    if (this.unwinding) throw suspension;
    const start = this.cursor;
    if (start === thread.length) this.#enterMemoryless(thread);
    else if (thread.signatures[start] !== op.memorylessStart) this.diverge(thread, start, op.memorylessStart);
    this.cursor = start + 1;
    let result: T;
    try {
      result = method();
    } catch (error) {
      if (this.unwinding || error === suspension) throw error;
      this.#leaveMemoryless(thread, { error }, keeps);
      throw error;
    }
    this.#leaveMemoryless(thread, { result }, keeps);
    return result;
  }

  #enterMemoryless(thread: ModelThread): void {
    if (this.isLearning(thread)) {
      this.learn(thread, op.memorylessStart, undefined, () => this.#enterMemoryless(thread));
    }
    const { hashFirst, hashSecond, local } = thread;
    thread.note(op.memorylessStart, undefined, { hashFirst, hashSecond, local });
    thread.advance();
  }

  #leaveMemoryless(thread: ModelThread, outcome: Outcome, keeps: (() => unknown) | undefined): void {
    // What it says is part of what the body does: an access that it makes is one of the operation.
    const kept = keeps?.();
    if (this.unwinding) throw suspension;
    const end = this.cursor++;
    if (end < thread.length) {
      if (thread.signatures[end] !== op.memorylessEnd) this.diverge(thread, end, op.memorylessEnd);
      return;
    }
    const trace = traceOf(outcome, keeps === undefined ? undefined : { kept });
    if (this.isLearning(thread)) {
      this.learn(thread, op.memorylessEnd, trace.digest, () => this.#endMemoryless(thread, trace));
    }
    this.#endMemoryless(thread, trace);
  }

  #endMemoryless(thread: ModelThread, trace: Trace): void {
    const end = thread.length;
    thread.note(op.memorylessEnd, undefined, undefined);
    const start = startOfMethod(thread, end);
    let content = trace.digest;
    for (let at = start + 1; at < end && content !== undefined; at++) {
      const signature = thread.signatures[at];
      // An operation begins with its first access, which may lie in here, and its place in the order remains.
      if (signature === op.operationStart)
        content = mixFirst(content, (thread.args[at] as { order: number }).order);
      else if (signature === op.operationEnd) content = undefined;
    }
    if (content === undefined) {
      thread.advance();
      return;
    }
    const { hashFirst, hashSecond, local } = thread.args[start] as Entry;
    thread.rehash(hashFirst, hashSecond, content);
    if ('answer' in trace) thread.local = local?.afterMethod(trace.answer);
    else thread.advance();
  }

  /** Whether a body is on the stack, which must then leave it to the log what random sources say. */
  forbid(what: string): void {
    if (this.running === null) return;
    if (this.unwinding) throw suspension;
    this.fail('nondeterminism', `thread ${this.running.index} used ${what}, which the model cannot repeat`);
  }

  unsupported(what: string): void {
    if (this.running === null) return;
    if (this.unwinding) throw suspension;
    this.fail('unsupported', `thread ${this.running.index} used ${what}`);
  }

  /** How many threads are in `Atomics.wait`. */
  get waiters(): readonly ModelThread[] {
    return this.threads.filter(({ status }) => status === waiting);
  }
}

/** What a thread was when it entered a method that keeps nothing. */
interface Entry {
  readonly hashFirst: number;
  readonly hashSecond: number;
  readonly local: LocalState | undefined;
}

/** Where in the log the method of a memoryless class begins that ends at `end`. */
function startOfMethod(thread: ModelThread, end: number): number {
  let open = 1;
  let at = end;
  while (open > 0) {
    const signature = thread.signatures[--at];
    if (signature === op.memorylessEnd) open++;
    else if (signature === op.memorylessStart) open--;
  }
  return at;
}

/** What is left of a method that keeps nothing. */
interface Trace {
  /** Of its outcome and what it keeps; undefined where these have none. */
  readonly digest: number | undefined;
  /** By which its outcome, and what it keeps, is told from others; missing where only its own object will do. */
  readonly answer?: unknown;
}

/** @param keeps if it was said what is kept */
function traceOf(outcome: Outcome, keeps: { readonly kept: unknown } | undefined): Trace {
  const digest = digestOutcome(outcome);
  if (keeps === undefined) {
    return 'result' in outcome && isPrimitive(outcome.result)
      ? { digest, answer: outcome.result }
      : { digest };
  }
  const kept = digestContent(keeps.kept);
  if (digest === undefined || kept === undefined) return { digest: undefined };
  const both = mixFirst(digest, kept);
  // An operation's outcome is told to others by its content only: its own object is not needed.
  return { digest: both, answer: both };
}

const isPrimitive = (value: unknown): boolean => typeof value !== 'object' && typeof value !== 'function';
