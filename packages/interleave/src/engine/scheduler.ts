import type { Scenario } from '../scenario.ts';
import { actionOf, kill, kindOf, run, threadOf, timeout, wake } from '../schedule.ts';
import type { FailureKind } from '../telling/failure.ts';
import { digest, mixFirst, mixSecond } from './hash.ts';
import type { Memory } from './memory.ts';
import { done, killed, ModelThread, ready, threadStateSize, unused, waiting } from './model-thread.ts';
import { natives } from './natives.ts';
import type { Races } from './races.ts';
import type { Tracer } from './tracer.ts';

/** What a search may spend on one execution, and where it draws the line. */
export interface Limits {
  /** Switches away from a thread that could go on; `Infinity` for no bound. */
  readonly preemptions: number;
  readonly kills: number;
  readonly spuriousWakes: number;
  readonly timeouts: number;
  readonly maxSteps: number;
  readonly spinLimit: number;
}

/** Decides at each choice of an execution. */
export interface Strategy {
  /** Whether it is asked even when there is nothing to choose. */
  readonly everyStep: boolean;
  /**
   * Picks one of the first `count` candidates by its index; -1 abandons the execution. At a `soft` choice the
   * running thread is about to do something that only its death can make visible.
   */
  choose(scheduler: Scheduler, candidates: Int32Array, count: number, soft: boolean): number;
}

/** Thrown through a body to suspend it. No `Error`, so that making it costs nothing. */
export const suspension = Object.freeze({ suspended: 'by @pkg/interleave' });

/** Failure before it has a schedule and a table. */
export interface BareFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly cause?: unknown;
}

const nothing = -1;
const end = -2;
const abandoned = -3;
/** A budget without a bound, as {@link Scheduler.budget} packs it. */
const most = 63;
const globalStateSize = 17;

/**
 * The model's threads and the choice of which goes on: one execution of the scenario at a time. What each
 * access does is in the class that extends it.
 */
export abstract class Scheduler {
  readonly scenario: Scenario;
  readonly limits: Limits;
  readonly memory: Memory;
  readonly threads: readonly ModelThread[];
  strategy: Strategy;
  races: Races | null = null;
  tracer: Tracer | null = null;

  /** The thread whose body is on the stack. */
  running: ModelThread | null = null;
  /** Set once the running body was suspended: whatever it still does on its way out has no effect. */
  unwinding = false;
  /** How far the running body has come through its log. */
  cursor = 0;
  /** Set when the running thread was chosen for its next access before its body was entered. */
  granted = false;
  failure: BareFailure | null = null;
  wasAbandoned = false;

  /** Every action so far, for the schedule. */
  path = new natives.Int32Array(256);
  steps = 0;
  /** Steps made in all executions together. */
  totalSteps = 0;
  /** The thread that made the last step and stands before its next; -1 if it cannot go on. */
  current = nothing;
  preemptions = 0;
  kills = 0;
  wakes = 0;
  timeouts = 0;
  /** Virtual milliseconds. */
  clock = 0;
  /** Clock of the history. */
  ticks = 0;
  protected waitTurns = 0;
  #streak = 0;
  /** Whether leaving `current` is free because it spins. */
  #freeSwitch = 0;
  /** Whether a timeout must fire, nothing else being able to happen. */
  #forcedTimeout = 0;
  #killable = 0;
  #next = nothing;
  readonly #candidates = new natives.Int32Array(64);
  readonly #fairness: number;

  /** The lanes that {@link hashState} leaves. */
  stateFirst = 0;
  stateSecond = 0;

  constructor(scenario: Scenario, limits: Limits, memory: Memory, strategy: Strategy) {
    this.scenario = scenario;
    this.limits = limits;
    this.memory = memory;
    this.strategy = strategy;
    const count = scenario.threads.length + (scenario.recover ? limits.kills : 0);
    this.threads = Array.from({ length: count }, (_, index) => new ModelThread(index));
    this.#fairness = Math.max(50, limits.maxSteps >> 3);
  }

  protected abstract runBody(thread: ModelThread): unknown;

  /** Back to the state after the scenario's setup. */
  reset(): void {
    this.memory.trail.undoTo(0);
    this.memory.hashFirst = 0;
    this.memory.hashSecond = 0;
    this.memory.version = 0;
    for (const thread of this.threads) {
      thread.reset(thread.index < this.scenario.threads.length ? ready : unused);
    }
    this.steps = 0;
    this.current = nothing;
    this.preemptions = this.limits.preemptions;
    this.kills = this.limits.kills;
    this.wakes = this.limits.spuriousWakes;
    this.timeouts = this.limits.timeouts;
    this.clock = 0;
    this.ticks = 0;
    this.waitTurns = 0;
    this.#streak = 0;
    this.#freeSwitch = 0;
    this.#forcedTimeout = 0;
    this.#killable = 0;
    this.#next = nothing;
    this.failure = null;
    this.wasAbandoned = false;
  }

  /** Goes on until every thread is done, something fails, or the strategy abandons the execution. */
  finish(): void {
    while (this.failure === null && !this.wasAbandoned) {
      let action = this.#next;
      this.#next = nothing;
      if (action === nothing) action = this.#decide(this.#killable === 1);
      if (action < 0) return;
      this.#record(action);
      if (kindOf(action) === run) this.#execute(this.threads[threadOf(action)] as ModelThread);
      else this.#applyFault(action);
    }
  }

  #execute(thread: ModelThread): void {
    this.running = thread;
    this.cursor = 0;
    this.unwinding = false;
    this.granted = true;
    let result: unknown;
    let threw = false;
    try {
      result = this.runBody(thread);
      // Having returned, the thread is still to be told apart from one that died right after its last access.
      if (!this.unwinding && this.cursor === thread.length && this.kills > 0) this.softPoint(thread);
    } catch (error) {
      threw = true;
      result = error;
    }
    this.running = null;
    if (this.unwinding) {
      this.unwinding = false;
      return;
    }
    if (this.cursor < thread.length) {
      this.failure = {
        kind: 'nondeterminism',
        message: `thread ${thread.index}, run again, ended after ${this.cursor} of the ${thread.length} accesses it made before`,
      };
    } else if (threw) {
      this.failure = { kind: 'uncaught', message: `thread ${thread.index} threw ${describe(result)}`, cause: result };
    } else if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
      this.failure = { kind: 'unsupported', message: `thread ${thread.index} returned a promise: bodies are synchronous` };
    }
    thread.status = done;
    thread.result = result;
    this.current = nothing;
    this.#killable = 0;
  }

  /** Stops the execution and the running body. */
  fail(kind: FailureKind, message: string): never {
    this.failure ??= { kind, message };
    return this.suspend();
  }

  /** Leaves the running body; it is run again from its start if it is to go on. */
  suspend(): never {
    this.unwinding = true;
    throw suspension;
  }

  /**
   * The running thread stands before an atomic access: returns if it may go on, suspends it otherwise. `visible`
   * tells whether others could see that the access was made.
   */
  protected arrive(thread: ModelThread, visible: boolean): void {
    const killable = visible && this.kills > 0;
    if (this.granted) {
      // Chosen before its access was known, as it is at its first access and after a wait.
      this.granted = false;
      if (killable && thread.arrived === 0) this.softPoint(thread);
      thread.arrived = 0;
      return;
    }
    thread.arrived = 1;
    this.#killable = killable ? 1 : 0;
    for (;;) {
      const action = this.#decide(killable);
      if (action < 0) this.suspend();
      if (kindOf(action) === run) {
        if (threadOf(action) === thread.index) {
          this.#record(action);
          if (this.failure !== null) this.suspend();
          thread.arrived = 0;
          return;
        }
        this.#next = action;
        this.suspend();
      }
      this.#record(action);
      this.#applyFault(action);
      if (thread.status !== ready || this.failure !== null) this.suspend();
    }
  }

  /** The running thread is about to do what only a recovery can see: a choice between that and its death. */
  protected softPoint(thread: ModelThread): void {
    const candidates = this.#candidates;
    candidates[0] = actionOf(run, thread.index);
    candidates[1] = actionOf(kill, thread.index, thread.plainWrites);
    const choice = this.strategy.choose(this, candidates, 2, true);
    if (choice === 0) return;
    if (choice < 0) this.wasAbandoned = true;
    else {
      const action = candidates[1] as number;
      this.#record(action);
      this.#applyFault(action);
    }
    this.suspend();
  }

  /** The running thread waits from now on. */
  protected block(thread: ModelThread, address: number, signature: number, deadline: number): never {
    thread.status = waiting;
    thread.waitAddress = address;
    thread.waitTurn = ++this.waitTurns;
    thread.waitSignature = signature;
    thread.deadline = deadline;
    this.current = nothing;
    this.#killable = 0;
    return this.suspend();
  }

  /** Ends the wait of a thread with the given result. */
  protected unblock(thread: ModelThread, result: string): void {
    this.races?.enterWaiters(thread.index, thread.waitAddress);
    thread.status = ready;
    thread.waitAddress = nothing;
    thread.deadline = Number.POSITIVE_INFINITY;
    thread.fresh = 1;
    thread.append(thread.waitSignature, result, undefined, digest(result));
  }

  /** The waiter of `address` that came first, if any. */
  protected firstWaiter(address: number): ModelThread | undefined {
    let first: ModelThread | undefined;
    for (const thread of this.threads) {
      if (thread.status !== waiting || thread.waitAddress !== address) continue;
      if (first === undefined || thread.waitTurn < first.waitTurn) first = thread;
    }
    return first;
  }

  /** Whether the thread has gone round in circles on unchanged memory for long enough. */
  protected spins(thread: ModelThread): boolean {
    return thread.spinning === 1 && thread.seenVersion === this.memory.version;
  }

  #decide(killable: boolean): number {
    const { threads } = this;
    const candidates = this.#candidates;
    const current = this.current;
    let count = 0;
    let spinner = nothing;
    this.#freeSwitch = 0;
    this.#forcedTimeout = 0;
    if (current >= 0) {
      if (this.#streak >= this.#fairness || this.spins(threads[current] as ModelThread)) {
        this.#freeSwitch = 1;
        spinner = current;
      } else candidates[count++] = actionOf(run, current);
    }
    const maySwitch = current < 0 || this.#freeSwitch === 1 || this.preemptions > 0;
    let blocked = 0;
    for (let index = 0; index < threads.length; index++) {
      const thread = threads[index] as ModelThread;
      if (thread.status === waiting) blocked++;
      if (thread.status !== ready || index === current) continue;
      if (!this.spins(thread)) {
        if (maySwitch) candidates[count++] = actionOf(run, index);
      } else if (spinner < 0 || spinner === current || (index > current && spinner < current)) spinner = index;
    }
    if (count === 0) {
      if (blocked > 0) count = this.#addTimeouts(0);
      if (count > 0) this.#forcedTimeout = 1;
      else if (spinner >= 0) {
        // All that can run are spinning, so they take turns.
        const next = threads[spinner] as ModelThread;
        next.spinning = 0;
        next.seenFrom = next.length;
        candidates[count++] = actionOf(run, spinner);
      } else if (blocked > 0) {
        this.failure = { kind: 'deadlock', message: 'every thread that is left waits, and nobody will notify it' };
        return abandoned;
      } else return end;
    }
    if (this.kills > 0) {
      if (killable && current >= 0) {
        candidates[count++] = actionOf(kill, current, (threads[current] as ModelThread).plainWrites);
      }
      for (const thread of threads) if (thread.fresh === 1) candidates[count++] = actionOf(kill, thread.index);
    }
    if (blocked > 0) {
      if (this.wakes > 0) {
        for (const thread of threads) if (thread.status === waiting) candidates[count++] = actionOf(wake, thread.index);
      }
      if (this.timeouts > 0 && this.#forcedTimeout === 0) count = this.#addTimeouts(count);
    }
    if (count === 1 && !this.strategy.everyStep) return candidates[0] as number;
    const choice = this.strategy.choose(this, candidates, count, false);
    if (choice < 0) {
      this.wasAbandoned = true;
      return abandoned;
    }
    return candidates[choice] as number;
  }

  /** Adds the waits that run out first: time cannot pass one deadline on its way to a later one. */
  #addTimeouts(count: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const thread of this.threads) {
      if (thread.status === waiting && thread.deadline < earliest) earliest = thread.deadline;
    }
    if (earliest === Number.POSITIVE_INFINITY) return count;
    let total = count;
    for (const thread of this.threads) {
      if (thread.status === waiting && thread.deadline === earliest) {
        this.#candidates[total++] = actionOf(timeout, thread.index);
      }
    }
    return total;
  }

  #record(action: number): void {
    if (this.steps === this.path.length) {
      const longer = new natives.Int32Array(this.steps * 2);
      longer.set(this.path);
      this.path = longer;
    }
    this.path[this.steps++] = action;
    this.totalSteps++;
    if (this.steps > this.limits.maxSteps) {
      this.failure = {
        kind: 'livelock',
        message: `no end after ${this.limits.maxSteps} steps (option maxSteps)`,
      };
      return;
    }
    for (const thread of this.threads) thread.fresh = 0;
    if (kindOf(action) !== run) return;
    const index = threadOf(action);
    if (index === this.current) this.#streak++;
    else {
      if (this.current >= 0 && this.#freeSwitch === 0) this.preemptions--;
      this.#streak = 1;
      this.current = index;
    }
    this.#killable = 0;
  }

  #applyFault(action: number): void {
    const thread = this.threads[threadOf(action)] as ModelThread;
    this.tracer?.fault(action);
    switch (kindOf(action)) {
      case wake:
        this.wakes--;
        this.unblock(thread, 'ok');
        return;
      case timeout:
        if (this.#forcedTimeout === 0) this.timeouts--;
        this.clock = Math.max(this.clock, thread.deadline);
        this.unblock(thread, 'timed-out');
        return;
      default:
        this.#kill(thread);
    }
  }

  #kill(thread: ModelThread): void {
    this.kills--;
    thread.status = killed;
    if (this.current === thread.index) this.current = nothing;
    this.#killable = 0;
    if (this.scenario.recover === undefined) return;
    const heir = this.threads.find((other) => other.status === unused) as ModelThread;
    heir.reset(ready);
    heir.victim = thread.victim >= 0 ? thread.victim : thread.index;
    this.races?.inherit(heir.index, thread.index);
  }

  /** How many numbers {@link save} writes. */
  get stateSize(): number {
    return globalStateSize + this.threads.length * threadStateSize;
  }

  /** Writes all state but memory, whose state is the trail's mark. */
  save(into: Float64Array, at: number): void {
    into[at] = this.memory.trail.mark;
    into[at + 1] = this.memory.hashFirst;
    into[at + 2] = this.memory.hashSecond;
    into[at + 3] = this.memory.version;
    into[at + 4] = this.steps;
    into[at + 5] = this.current;
    into[at + 6] = this.preemptions;
    into[at + 7] = this.kills;
    into[at + 8] = this.wakes;
    into[at + 9] = this.timeouts;
    into[at + 10] = this.clock;
    into[at + 11] = this.ticks;
    into[at + 12] = this.waitTurns;
    into[at + 13] = this.#streak;
    into[at + 14] = this.#freeSwitch;
    into[at + 15] = this.#forcedTimeout;
    into[at + 16] = this.#killable;
    let offset = at + globalStateSize;
    for (const thread of this.threads) {
      thread.save(into, offset);
      offset += threadStateSize;
    }
  }

  /** Goes back to a saved state, from which the execution goes on with `action`. */
  restore(from: Float64Array, at: number, action: number): void {
    this.memory.trail.undoTo(from[at] as number);
    this.memory.hashFirst = from[at + 1] as number;
    this.memory.hashSecond = from[at + 2] as number;
    this.memory.version = from[at + 3] as number;
    this.steps = from[at + 4] as number;
    this.current = from[at + 5] as number;
    this.preemptions = from[at + 6] as number;
    this.kills = from[at + 7] as number;
    this.wakes = from[at + 8] as number;
    this.timeouts = from[at + 9] as number;
    this.clock = from[at + 10] as number;
    this.ticks = from[at + 11] as number;
    this.waitTurns = from[at + 12] as number;
    this.#streak = from[at + 13] as number;
    this.#freeSwitch = from[at + 14] as number;
    this.#forcedTimeout = from[at + 15] as number;
    this.#killable = from[at + 16] as number;
    let offset = at + globalStateSize;
    for (const thread of this.threads) {
      thread.restore(from, offset);
      offset += threadStateSize;
    }
    this.#next = action;
    this.failure = null;
    this.wasAbandoned = false;
  }

  /** What is left to spend, packed for {@link StateSet.add}. */
  get budget(): number {
    return (
      Math.min(this.preemptions, most) |
      (Math.min(this.kills, most) << 8) |
      (Math.min(this.wakes, most) << 16) |
      (Math.min(this.timeouts, most) << 24)
    );
  }

  /**
   * Hashes everything that the future depends on: memory and clocks, each thread's log and status, who waits
   * in which order. Counters that only steer fairness are left out.
   */
  hashState(soft: boolean): void {
    let first = this.memory.hashFirst;
    let second = this.memory.hashSecond;
    for (const thread of this.threads) {
      const status = thread.status | (thread.fresh << 4) | (thread.index << 8) | (thread.plainWrites << 16);
      first = Math.imul(first ^ mixFirst(status, thread.hashFirst), 0x9e3779b1);
      second = Math.imul(second ^ mixSecond(status, thread.hashSecond), 0x85ebca6b);
      first ^= first >>> 15;
      second ^= second >>> 13;
      if (thread.status !== waiting) continue;
      let before = 0;
      for (const other of this.threads) {
        if (other.status === waiting && other.waitTurn < thread.waitTurn) before++;
      }
      first = mixFirst(first ^ before, thread.waitAddress);
      second = mixSecond(second ^ before, digest(thread.deadline));
    }
    // Who is running matters only where a switch, or the running thread's death, is a matter of budget.
    const bounded = this.preemptions !== Number.POSITIVE_INFINITY || this.kills > 0;
    const turn = (bounded ? this.current + 2 : 0) | (this.#freeSwitch << 6) | (soft ? 128 : 0) | (this.#killable << 8);
    this.stateFirst = mixFirst(first ^ turn, digest(this.clock));
    this.stateSecond = mixSecond(second ^ turn, digest(this.clock));
  }

  /** The threads that were killed, in order. */
  get killedThreads(): number[] {
    const dead: number[] = [];
    for (let step = 0; step < this.steps; step++) {
      const action = this.path[step] as number;
      if (kindOf(action) === kill) dead.push(threadOf(action));
    }
    return dead;
  }
}

/** An error in one line. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
