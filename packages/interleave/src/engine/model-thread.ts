import { digest, digestContent, digestOutcome, mixFirst, mixSecond } from './hash.ts';
import type { Call, LocalState, LocalStates } from './local-state.ts';
import { natives } from './natives.ts';
import { operationEnd, operationStart } from './operations.ts';
import { unknownAccess } from './pending-access.ts';

/** States of a {@link ModelThread}. */
export const unused = 0;
/** It can go on: it stands before an access, or was just woken, or has not begun. */
export const ready = 1;
/** It is in `Atomics.wait`. */
export const waiting = 2;
export const done = 3;
export const killed = 4;

/** How many numbers {@link ModelThread.save} writes. */
export const threadStateSize = 20;

/** Instead of digests, where nothing can be said for sure. */
const unsure: readonly number[] = [];

/** In {@link ModelThread.notifies}. */
export const none = -1;
export const unknown = -2;

/**
 * A thread of the model. All that it has done is its log: what each access yielded, in order. Its local state
 * is a function of that, so running its body again against the log brings it back to where it stood.
 */
export class ModelThread {
  readonly index: number;
  status = unused;
  /** For each logged access: its signature, what it yielded, and what it was given. */
  signatures = new natives.Int32Array(64);
  readonly values: unknown[] = [];
  readonly args: unknown[] = [];
  /** Length of the log. What lies beyond it is left over from abandoned executions. */
  length = 0;
  hashFirst = 0;
  hashSecond = 0;
  /** While waiting: the address, the place in the order of arrival, the wait's signature and its deadline. */
  waitAddress = -1;
  waitTurn = 0;
  waitSignature = 0;
  deadline = Number.POSITIVE_INFINITY;
  /** 1 between being woken and the next step of any thread: the moment for a death that swallows the wake. */
  fresh = 0;
  /** The memory version that the thread last saw, its log's length then, and whether it goes in circles since. */
  seenVersion = -1;
  seenFrom = 0;
  spinning = 0;
  /** How many operations of the history it has completed. */
  returns = 0;
  /** What it has done since its last atomic access that only its death makes visible: plain writes, ends of operations. */
  softSteps = 0;
  /** 1 when its death before the access that it stands at was already offered. */
  arrived = 0;
  /** The address that it is about to notify at; `none`; `unknown` before its first access and after a wait. */
  notifies = unknown;
  /** 1 while its next step need not be made next: see `strategy/exhaustive.ts`. */
  asleep = 0;
  /** While it is asleep that step, as `pending-access.ts` packs it. */
  pending = unknownAccess;
  /** For a recovery: the thread it recovers. */
  victim = -1;
  /** Where its body stands, if that is being learnt. */
  local: LocalState | undefined;
  /** What the body returned; means something in status `done` only. */
  result: unknown = undefined;
  readonly #locals: LocalStates;

  constructor(index: number, locals: LocalStates) {
    this.index = index;
    this.#locals = locals;
  }

  reset(status: number): void {
    this.status = status;
    this.length = 0;
    this.hashFirst = 0;
    this.hashSecond = 0;
    this.waitAddress = -1;
    this.waitTurn = 0;
    this.waitSignature = 0;
    this.deadline = Number.POSITIVE_INFINITY;
    this.fresh = 0;
    this.seenVersion = -1;
    this.seenFrom = 0;
    this.spinning = 0;
    this.returns = 0;
    this.softSteps = 0;
    this.arrived = 0;
    this.notifies = unknown;
    this.pending = unknownAccess;
    this.asleep = 0;
    this.victim = -1;
    this.local = undefined;
  }

  /** Its body was answered. */
  advance(answer?: unknown): void {
    this.local = this.local?.after(answer);
  }

  append(signature: number, value: unknown, arg: unknown, hash: number): void {
    this.note(signature, value, arg);
    // A polynomial in two rings: the order of results matters, unlike in the hash of memory.
    const first = Math.imul(this.hashFirst ^ hash, 0x85ebca6b);
    this.hashFirst = (((first << 13) | (first >>> 19)) + 0x5f356495) | 0;
    const second = Math.imul(this.hashSecond + hash, 0xcc9e2d51);
    this.hashSecond = ((second << 15) | (second >>> 17)) ^ 0x38495ab5;
  }

  /** Logs what the future does not depend on. */
  note(signature: number, value: unknown, arg: unknown): void {
    const at = this.length;
    if (at === this.signatures.length) {
      const longer = new natives.Int32Array(at * 2);
      longer.set(this.signatures);
      this.signatures = longer;
    }
    this.signatures[at] = signature;
    this.values[at] = value;
    this.args[at] = arg;
    this.length = at + 1;
  }

  /** Goes back to an earlier hash, from which only this has happened. */
  rehash(first: number, second: number, content: number): void {
    this.hashFirst = mixFirst(first, content);
    this.hashSecond = mixSecond(second, content);
  }

  /** Its body ended with this result, and has no further access to make. */
  forgetAtEnd(result: unknown): void {
    // What it did is a function of where it ended.
    const end = this.local?.outcome === undefined ? undefined : this.local;
    const digests = end?.digests ?? this.#digestsWith(digestContent(result));
    if (end !== undefined) end.digests = digests;
    this.#keepOnly(digests);
  }

  /** @param death tells it from others */
  forgetAtDeath(death: number): void {
    this.#keepOnly(this.#digestsWith(death));
  }

  /**
   * Of all it has seen only what its operations were and came to, in which order, and the end itself still matter.
   *
   * @param digests what {@link #digestsWith} gives
   */
  #keepOnly(digests: readonly number[]): void {
    if (digests === unsure) return;
    // In both lanes: one would be too narrow for the ends that a long search tells apart.
    let first = 0;
    let second = 0;
    for (const part of digests) {
      first = mixFirst(first, part);
      second = mixSecond(second, part);
    }
    for (let at = 0; at < this.length; at++) {
      if (this.signatures[at] !== operationStart) continue;
      const { order } = this.args[at] as { order: number };
      first = mixFirst(first, order);
      second = mixSecond(second, order);
    }
    this.hashFirst = first;
    this.hashSecond = second;
  }

  /**
   * Digests of how it ended, and of its operations' names, arguments and outcomes, as they come in the log; {@link unsure}
   * if one of them has none.
   */
  #digestsWith(end: number | undefined): readonly number[] {
    if (end === undefined) return unsure;
    const digests = [end];
    for (let at = 0; at < this.length; at++) {
      const signature = this.signatures[at];
      let content: number | undefined;
      if (signature === operationStart) {
        const { name, args } = this.args[at] as Call;
        digests.push(signature, digest(name));
        content = digestContent(args);
      } else if (signature === operationEnd) {
        digests.push(signature);
        content = digestOutcome(this.args[at] as object);
      } else continue;
      if (content === undefined) return unsure;
      digests.push(content);
    }
    return digests;
  }

  save(into: Float64Array, at: number): void {
    into[at] = this.status;
    into[at + 1] = this.length;
    into[at + 2] = this.hashFirst;
    into[at + 3] = this.hashSecond;
    into[at + 4] = this.waitAddress;
    into[at + 5] = this.waitTurn;
    into[at + 6] = this.waitSignature;
    into[at + 7] = this.deadline;
    into[at + 8] = this.fresh;
    into[at + 9] = this.seenVersion;
    into[at + 10] = this.seenFrom;
    into[at + 11] = this.spinning;
    into[at + 12] = this.returns;
    into[at + 13] = this.softSteps;
    into[at + 14] = this.victim;
    into[at + 15] = this.arrived;
    into[at + 16] = this.pending;
    into[at + 17] = this.asleep;
    into[at + 18] = this.notifies;
    into[at + 19] = this.local === undefined ? -1 : this.local.number;
  }

  restore(from: Float64Array, at: number): void {
    this.status = from[at] as number;
    this.length = from[at + 1] as number;
    this.hashFirst = from[at + 2] as number;
    this.hashSecond = from[at + 3] as number;
    this.waitAddress = from[at + 4] as number;
    this.waitTurn = from[at + 5] as number;
    this.waitSignature = from[at + 6] as number;
    this.deadline = from[at + 7] as number;
    this.fresh = from[at + 8] as number;
    this.seenVersion = from[at + 9] as number;
    this.seenFrom = from[at + 10] as number;
    this.spinning = from[at + 11] as number;
    this.returns = from[at + 12] as number;
    this.softSteps = from[at + 13] as number;
    this.victim = from[at + 14] as number;
    this.arrived = from[at + 15] as number;
    this.pending = from[at + 16] as number;
    this.asleep = from[at + 17] as number;
    this.notifies = from[at + 18] as number;
    this.local = this.#locals.at(from[at + 19] as number);
  }
}
