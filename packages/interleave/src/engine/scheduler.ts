import type { Scenario } from '../scenario.ts';
import { actionOf, kill, killBeforeAccess, kindOf, run, threadOf, timeout, wake } from '../schedule.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { FailureKind } from '../telling/failure.ts';
import { ExecutionState, nothing } from './execution-state.ts';
import { digest } from './hash.ts';
import type { Limits } from './limits.ts';
import type { Memory } from './memory.ts';
import { done, killed, type ModelThread, none, ready, unknown, unused, waiting } from './model-thread.ts';
import { natives } from './natives.ts';
import { addressOf } from './operations.ts';
import { accessOf, isVisible } from './pending-access.ts';
import { describe, suspension } from './suspension.ts';
import { unfinishedWork } from './unfinished.ts';

const end = -2;
const abandoned = -3;

/**
 * The choice of which thread goes on, at each access; deaths, wakes and timeouts; one execution of the scenario at
 * a time. What each access does is in the classes that extend it.
 */
export abstract class Scheduler extends ExecutionState {
  readonly #candidates = new natives.Int32Array(64);
  /** Steps in a row after which a thread must let others have a turn. */
  readonly #fairness = Math.max(50, this.limits.maxSteps >> 3);

  strategy: Strategy;

  constructor(scenario: Scenario, limits: Limits, memory: Memory, strategy: Strategy) {
    super(scenario, limits, memory);
    this.strategy = strategy;
  }

  protected abstract runBody(thread: ModelThread): unknown;

  /** Goes on until every thread is done, something fails, or the strategy abandons the execution. */
  finish(): void {
    while (this.failure === null && !this.wasAbandoned) {
      let action = this.next;
      this.next = nothing;
      if (action === nothing) action = this.#decide(this.killable === 1);
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
      if (!this.unwinding && this.cursor === thread.length && this.mayDie(thread)) this.softPoint(thread);
    } catch (error) {
      threw = true;
      result = error;
    }
    this.running = null;
    // Also of a body that is suspended: an async one makes of that a rejection, which nobody else would take.
    const unfinished = threw ? undefined : unfinishedWork(result);
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
      this.failure = {
        kind: 'uncaught',
        message: `thread ${thread.index} threw ${describe(result)}`,
        cause: result,
      };
    } else if (unfinished !== undefined) {
      this.failure = {
        kind: 'unsupported',
        message:
          `thread ${thread.index} returned ${unfinished}: bodies are synchronous, and what is still to be done then ` +
          'would be left undone',
      };
    }
    thread.status = done;
    thread.result = result;
    thread.forgetAtEnd(result);
    this.current = nothing;
    this.killable = 0;
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
   * The running thread stands before an atomic access (see `pending-access.ts`): returns if it may go on, suspends it
   * otherwise.
   */
  protected arrive(thread: ModelThread, access: number, notifies = none): void {
    // One that spins on loads may never come to what others could see.
    const killable = (isVisible(access) || this.spins(thread)) && this.mayDie(thread);
    if (this.granted) {
      // Chosen before its access was known, as it is at its first access and after a wait.
      if (killable && thread.arrived === 0) this.softPoint(thread);
      this.granted = false;
      this.#goOn(thread, access);
      return;
    }
    thread.arrived = 1;
    thread.notifies = notifies;
    this.killable = killable ? 1 : 0;
    for (;;) {
      const action = this.#decide(killable);
      if (action < 0) this.suspend();
      if (kindOf(action) === run) {
        if (threadOf(action) === thread.index) {
          this.#record(action);
          if (this.failure !== null) this.suspend();
          this.#goOn(thread, access);
          return;
        }
        this.next = action;
        this.suspend();
      }
      this.#record(action);
      this.#applyFault(action);
      if (thread.status !== ready || this.failure !== null) this.suspend();
    }
  }

  #goOn(thread: ModelThread, access: number): void {
    thread.arrived = 0;
    this.noteAccess(access);
  }

  /** The running thread is about to do what only its death would make visible: a choice between that and its death. */
  protected softPoint(thread: ModelThread): void {
    const candidates = this.#candidates;
    candidates[0] = actionOf(run, thread.index);
    candidates[1] = this.granted
      ? killBeforeAccess(thread.index, thread.softSteps)
      : actionOf(kill, thread.index, thread.softSteps);
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
    thread.notifies = unknown;
    thread.waitAddress = address;
    thread.waitTurn = ++this.waitTurns;
    thread.waitSignature = signature;
    thread.deadline = deadline;
    this.current = nothing;
    this.killable = 0;
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
    thread.advance(result);
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
    if (this.limits.deathsOnly && this.isSpared) {
      this.wasAbandoned = true;
      return abandoned;
    }
    const { threads } = this;
    const candidates = this.#candidates;
    const current = this.current;
    let count = 0;
    let spinner = nothing;
    const woken = this.lateWoken;
    this.freeSwitch = 0;
    this.forcedTimeout = 0;
    if (current >= 0) {
      if (this.streak >= this.#fairness || this.spins(threads[current] as ModelThread)) {
        this.freeSwitch = 1;
        spinner = current;
      } else if (mayFollow(woken, threads[current] as ModelThread))
        candidates[count++] = actionOf(run, current);
    }
    const maySwitch = current < 0 || this.freeSwitch === 1 || this.preemptions > 0;
    let blocked = 0;
    for (let index = 0; index < threads.length; index++) {
      const thread = threads[index] as ModelThread;
      if (thread.status === waiting) blocked++;
      if (thread.status !== ready || index === current || !mayFollow(woken, thread)) continue;
      if (!this.spins(thread)) {
        if (maySwitch) candidates[count++] = actionOf(run, index);
      } else if (spinner < 0 || spinner === current || (index > current && spinner < current))
        spinner = index;
    }
    if (count === 0) {
      if (blocked > 0) count = this.#addTimeouts(0);
      if (count > 0) this.forcedTimeout = 1;
      else if (spinner >= 0) {
        // All that can run are spinning, so they take turns.
        const next = threads[spinner] as ModelThread;
        next.spinning = 0;
        next.seenFrom = next.length;
        candidates[count++] = actionOf(run, spinner);
      } else if (blocked > 0) {
        this.failure = {
          kind: 'deadlock',
          message: 'every thread that is left waits, and nobody will notify it',
        };
        return abandoned;
      } else return end;
    }
    if (this.kills > 0 && woken === undefined) {
      if (killable && current >= 0) {
        candidates[count++] = actionOf(kill, current, (threads[current] as ModelThread).softSteps);
      }
      for (const thread of threads)
        if (thread.fresh === 1 && this.mayDie(thread)) candidates[count++] = actionOf(kill, thread.index);
    }
    if (blocked > 0) {
      if (this.wakes > 0) {
        for (const thread of threads)
          if (thread.status === waiting && (maySwitch || this.#mayWake(thread)))
            candidates[count++] = actionOf(wake, thread.index);
      }
      if (this.timeouts > 0 && this.forcedTimeout === 0) count = this.#addTimeouts(count);
    }
    // No choice; but where a thread has come to its end or to a wait, it may have come there in more ways than one.
    const isForced = count === 1 && current >= 0 && !this.strategy.everyStep;
    if (isForced && !this.isAsleep(candidates[0] as number)) return candidates[0] as number;
    const choice = this.strategy.choose(this, candidates, count, false);
    if (choice < 0) {
      this.wasAbandoned = true;
      return abandoned;
    }
    return candidates[choice] as number;
  }

  /** Whether waking the thread can make a difference, although no switch to it is possible. */
  #mayWake(thread: ModelThread): boolean {
    if (!this.limits.lateWakes) return true;
    // Nobody notifies at memory that no other thread can reach.
    return (
      thread.waitAddress >= 0 && (this.threads[this.current] as ModelThread).notifies === thread.waitAddress
    );
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
    this.trialSteps++;
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
    if (index === this.current) this.streak++;
    else {
      if (this.current >= 0 && this.freeSwitch === 0) this.preemptions--;
      this.streak = 1;
      this.current = index;
    }
    this.killable = 0;
  }

  #applyFault(action: number): void {
    const thread = this.threads[threadOf(action)] as ModelThread;
    this.tracer?.fault(action);
    switch (kindOf(action)) {
      case wake:
        // It matters to those who notify there, and who wait.
        this.wakeDependents(accessOf(thread.waitAddress, 4, true));
        this.wakes--;
        this.unblock(thread, 'ok');
        return;
      case timeout:
        // It moves the clock.
        this.wakeAll();
        if (this.forcedTimeout === 0) this.timeouts--;
        this.clock = Math.max(this.clock, thread.deadline);
        this.unblock(thread, 'timed-out');
        return;
      default:
        this.wakeAll();
        this.#kill(thread);
    }
  }

  #kill(thread: ModelThread): void {
    this.kills--;
    thread.status = killed;
    // Which death it was: the order is told to those who judge.
    thread.forgetAtDeath(this.kills);
    if (this.current === thread.index) this.current = nothing;
    this.killable = 0;
    if (this.scenario.recover === undefined) return;
    const heir = this.threads.find((other) => other.status === unused) as ModelThread;
    heir.reset(ready);
    heir.victim = thread.victim >= 0 ? thread.victim : thread.index;
    this.races?.inherit(heir.index, thread.index);
  }
}

/** Whether a step of `thread` may follow the wake of `woken`, if that is to be late. */
function mayFollow(woken: ModelThread | undefined, thread: ModelThread): boolean {
  if (woken === undefined || woken === thread || thread.notifies === unknown) return true;
  return thread.notifies === addressOf(woken.waitSignature);
}
