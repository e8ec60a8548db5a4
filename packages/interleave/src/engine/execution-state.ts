import type { Scenario } from '../scenario.ts';
import { kill, kindOf, run, threadOf, wake } from '../schedule.ts';
import { digest, mixFirst, mixSecond } from './hash.ts';
import type { BareFailure, Limits } from './limits.ts';
import { LocalStates } from './local-state.ts';
import type { Memory } from './memory.ts';
import { ModelThread, ready, threadStateSize, unused, waiting } from './model-thread.ts';
import { natives } from './natives.ts';
import { areDependent, beginsOperation, endsOperation, isVisible, unknownAccess } from './pending-access.ts';
import type { Races } from './races.ts';
import type { Tracer } from './tracer.ts';

/** In {@link ExecutionState.current} and for the next action: none. */
export const nothing = -1;
/** A budget without a bound, as {@link ExecutionState.budget} packs it. */
const most = 63;
/** Only the first threads can be {@link ExecutionState.sleep | put to sleep}: so many the packed budget has room for. */
const mostSleepers = 4;
const globalStateSize = 17;

/** Everything that an execution is at one moment, and how a search saves it, goes back to it and knows it again. */
export class ExecutionState {
  readonly scenario: Scenario;
  readonly limits: Limits;
  readonly memory: Memory;
  readonly threads: readonly ModelThread[];
  /** What was learnt of the bodies. */
  protected readonly locals: LocalStates;
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
  protected streak = 0;
  /** Whether leaving `current` is free because it spins. */
  protected freeSwitch = 0;
  /** Whether a timeout must fire, nothing else being able to happen. */
  protected forcedTimeout = 0;
  protected killable = 0;
  protected next = nothing;

  readonly #goesOn = (index: number): boolean => {
    const { status } = this.threads[index] as ModelThread;
    return status === ready || status === waiting;
  };

  /** The access of the last choice's step, and what else is known of that step, as `pending-access.ts` packs them. */
  #trialAccess = unknownAccess;
  #trialMarks = 0;
  /** Steps since the last choice, or 2 if that was made in the midst of one. */
  protected trialSteps = 2;

  /** The lanes that {@link hashState} leaves. */
  stateFirst = 0;
  stateSecond = 0;

  constructor(scenario: Scenario, limits: Limits, memory: Memory) {
    this.scenario = scenario;
    this.limits = limits;
    this.memory = memory;
    const count = scenario.threads.length + (scenario.recover ? limits.kills : 0);
    this.locals = new LocalStates(limits.localStates);
    this.threads = Array.from({ length: count }, (_, index) => new ModelThread(index, this.locals));
  }

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
    this.streak = 0;
    this.freeSwitch = 0;
    this.forcedTimeout = 0;
    this.killable = 0;
    this.next = nothing;
    this.failure = null;
    this.wasAbandoned = false;
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
    into[at + 13] = this.streak;
    into[at + 14] = this.freeSwitch;
    into[at + 15] = this.forcedTimeout;
    into[at + 16] = this.killable;
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
    this.streak = from[at + 13] as number;
    this.freeSwitch = from[at + 14] as number;
    this.forcedTimeout = from[at + 15] as number;
    this.killable = from[at + 16] as number;
    let offset = at + globalStateSize;
    for (const thread of this.threads) {
      thread.restore(from, offset);
      offset += threadStateSize;
    }
    this.next = action;
    this.failure = null;
    this.wasAbandoned = false;
  }

  /** What is left to spend, and which threads are awake, packed for {@link StateSet.add}. */
  get budget(): number {
    const { threads } = this;
    let awake = 0;
    for (let index = 0; index < mostSleepers; index++) {
      if (threads[index]?.asleep !== 1) awake |= 128 << (index * 8);
    }
    return (
      awake |
      Math.min(this.preemptions, most) |
      (Math.min(this.kills, most) << 8) |
      (Math.min(this.wakes, most) << 16) |
      (Math.min(this.timeouts, most) << 24)
    );
  }

  /**
   * Puts a thread to sleep whose next access was already tried from this state: until something happens that depends
   * on it, making it next would come to what was found then. Leaves it awake where that does not hold.
   *
   * @param access what {@link triedAccess} was
   */
  sleep(index: number, access: number): void {
    const thread = this.threads[index] as ModelThread;
    if (index >= mostSleepers || access === unknownAccess) return;
    if (this.limits.preemptions !== Number.POSITIVE_INFINITY) {
      // Tried earlier instead of later, its access must not cost preemptions. It costs none if the thread was running.
      if (index !== this.current) return;
      // Nor may it keep another thread from being seen to spin, which makes a switch free.
      if (isVisible(access) && this.#maySpin(thread)) return;
    }
    thread.pending = access;
    thread.asleep = 1;
  }

  /**
   * A choice was made: what its step does is of interest, up to the next step or choice.
   *
   * @param followed false if the choice lies inside a step
   */
  beginTrial(followed: boolean): void {
    this.trialSteps = followed ? 0 : 2;
    this.#trialAccess = unknownAccess;
    this.#trialMarks = 0;
  }

  /** What the step of the last choice did, as `pending-access.ts` packs it, if it got as far as its access. */
  get triedAccess(): number {
    return this.#trialAccess === unknownAccess ? unknownAccess : this.#trialAccess | this.#trialMarks;
  }

  /** The running thread makes its access: is it the one that was chosen? */
  protected noteAccess(access: number): void {
    if (this.trialSteps < 2) this.#trialAccess = access;
  }

  /** An operation begins or ends, maybe before the access of the step that was chosen: a wait has returned. */
  protected noteMark(mark: number): void {
    if (this.trialSteps < 2) this.#trialMarks |= mark;
  }

  /** Whether the action is the next access of a thread that sleeps. */
  isAsleep(action: number): boolean {
    return kindOf(action) === run && (this.threads[threadOf(action)] as ModelThread).asleep === 1;
  }

  #maySpin(except: ModelThread): boolean {
    for (const thread of this.threads) {
      if (thread !== except && thread.status === ready && thread.seenVersion === this.memory.version)
        return true;
    }
    return false;
  }

  /** Something happened that may depend on anything. */
  protected wakeAll(): void {
    for (const thread of this.threads) thread.asleep = 0;
  }

  /** The access was made. */
  protected wakeDependents(access: number): void {
    for (const thread of this.threads) {
      if (thread.asleep === 1 && areDependent(thread.pending, access)) thread.asleep = 0;
    }
  }

  /** An operation of the history begins, which knows whether others have ended. */
  protected wakeEnders(): void {
    for (const thread of this.threads) {
      if (thread.asleep === 1 && endsOperation(thread.pending)) thread.asleep = 0;
    }
  }

  /** An operation of the history ended, which matters to those that begin. */
  protected wakeBeginners(): void {
    for (const thread of this.threads) {
      if (thread.asleep === 1 && beginsOperation(thread.pending)) thread.asleep = 0;
    }
  }

  /**
   * Hashes everything that the future depends on: memory, what may come to race, each thread's log and status, who waits
   * in which order. Counters that only steer fairness are left out.
   */
  hashState(soft: boolean): void {
    let first = this.memory.hashFirst;
    let second = this.memory.hashSecond;
    if (this.races !== null) {
      const unseen = this.races.hash(this.#goesOn);
      first ^= unseen.first;
      second ^= unseen.second;
    }
    for (const thread of this.threads) {
      const status = thread.status | (thread.fresh << 4) | (thread.index << 8) | (thread.softSteps << 16);
      first = Math.imul(first ^ mixFirst(status, thread.hashFirst), 0x9e3779b1);
      second = Math.imul(second ^ mixSecond(status, thread.hashSecond), 0x85ebca6b);
      // With two deaths, which heir is whose.
      if (thread.victim > 0) first = Math.imul(first ^ thread.victim, 0xc2b2ae35);
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
    const turn =
      (bounded ? this.current + 2 : 0) |
      (this.freeSwitch << 6) |
      (soft ? 128 : 0) |
      (this.killable << 8) |
      (this.lateWoken === undefined ? 0 : 1 << 9);
    this.stateFirst = mixFirst(first ^ turn, digest(this.clock));
    this.stateSecond = mixSecond(second ^ turn, digest(this.clock));
  }

  /** The thread that the last action woke, if it is one that must be seen to be awake at once. */
  protected get lateWoken(): ModelThread | undefined {
    if (!this.limits.lateWakes || this.steps === 0) return undefined;
    const last = this.path[this.steps - 1] as number;
    return kindOf(last) === wake ? this.threads[threadOf(last)] : undefined;
  }

  /** Whether the thread may be killed now; one that recovers for a dead one, if that one might have been. */
  protected mayDie(thread: ModelThread): boolean {
    if (this.kills === 0) return false;
    const { victims, killsDuring } = this.limits;
    if (thread.victim >= 0) return ((victims >> thread.victim) & 1) === 1;
    return ((victims >> thread.index) & 1) === 1 && ((killsDuring >> operationOf(thread)) & 1) === 1;
  }

  /** Whether nobody has died, and nobody will. */
  protected get isSpared(): boolean {
    const { kills, victims, killsDuring } = this.limits;
    if (this.kills < kills) return false;
    for (const thread of this.threads) {
      const goesOn = thread.status === ready || thread.status === waiting;
      if (goesOn && ((victims >> thread.index) & 1) === 1 && killsDuring >>> operationOf(thread) !== 0)
        return false;
    }
    return true;
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

/** The number of the operation that a thread is in or will begin, as a set of them counts: none has more than 31. */
const operationOf = ({ returns }: ModelThread): number => Math.min(returns, 31);
