import { BodyRunner } from './body-runner.ts';
import { digest } from './hash.ts';
import type { ModelThread } from './model-thread.ts';
import { natives, type TypedArray } from './natives.ts';
import * as op from './operations.ts';
import { accessOf } from './pending-access.ts';
import { suspension } from './suspension.ts';
import { int32Kind, lengthOf, type View } from './view.ts';

type Native = (array: Int32Array, index: number, value?: number, replacement?: number) => number;
const byOperation = [
  natives.Atomics.load,
  natives.Atomics.store,
  natives.Atomics.add,
  natives.Atomics.sub,
  natives.Atomics.and,
  natives.Atomics.or,
  natives.Atomics.xor,
  natives.Atomics.exchange,
  natives.Atomics.compareExchange,
] as unknown as readonly Native[];

/** Readings of the clock in a row after which it moves by itself: the body is waiting for time to pass. */
const patience = 64;
/** So many readings of a size in a row may be in passing: a few views that are made anew. */
const sizesInPassing = 8;
/** Log entries for each step that is allowed: a body that loops on plain reads makes no steps. */
const entriesPerStep = 16;

/**
 * The scheduler together with what each access does. Every access of a body comes here. While the body
 * catches up with its log, the log answers; after that the access takes effect: atomic ones after the
 * scheduler's leave, plain ones at once.
 *
 * A death is offered before every access but an atomic load: dying before a load comes to the same as dying
 * after it, where the next access, the end of an operation or the body's end offers it. A thread that spins may die
 * before a load as well: what is after its loop it reaches only when others let it.
 */
export class Machine extends BodyRunner {
  /** `Atomics.load` to `Atomics.compareExchange`, with arguments already coerced and `index` in range. */
  atomic(
    operation: number,
    view: View,
    index: number,
    value: number | bigint,
    other: number | bigint,
  ): unknown {
    const thread = this.running;
    if (thread === null) return this.#apply(operation, view, index, value, other);
    if (this.unwinding) throw suspension;
    const address = view.address + (index << view.shift);
    const signature = (address << 5) | operation;
    if (this.cursor < thread.length) return this.replay(thread, signature, value);
    if (this.isLearning(thread)) this.#learnAtomic(thread, signature, operation, view, index, value, other);
    this.arrive(thread, accessOf(address, view.size, operation !== op.load));
    if (this.calls.length > 0) this.beginCalls(thread);
    thread.softSteps = 0;
    const version = this.memory.version;
    const result = this.#apply(operation, view, index, value, other);
    const wrote = operation !== op.load && (operation !== op.compareExchange || result === value);
    this.wakeDependents(accessOf(address, view.size, wrote));
    thread.append(signature, result, value, typeof result === 'number' ? result | 0 : digest(result));
    thread.advance(result);
    this.cursor = thread.length;
    if (this.memory.version === version) this.noteRepetition(thread, signature, result);
    this.tracer?.access(thread.index, operation, view, index, [value, other], result);
    const races = this.races;
    if (races !== null) {
      if (operation !== op.store) races.acquire(thread.index, address, view.size);
      const witness = races.atomic(thread.index, address, view.size, wrote);
      if (witness !== undefined) this.reportRace(thread, address, view.size, witness);
      if (wrote) races.release(thread.index, address, view.size);
    }
    return result;
  }

  /** Apart from {@link atomic}, where what the function holds would be made for each access. */
  #learnAtomic(
    thread: ModelThread,
    signature: number,
    operation: number,
    view: View,
    index: number,
    value: number | bigint,
    other: number | bigint,
  ): void {
    this.learn(thread, signature, value, () => this.atomic(operation, view, index, value, other));
  }

  #apply(
    operation: number,
    view: View,
    index: number,
    value: number | bigint,
    other: number | bigint,
  ): unknown {
    const { words, base } = view.buffer;
    const address = view.address + (index << view.shift);
    const word = (address - base) >> 2;
    const old = words[word] as number;
    if (view.kind === int32Kind) {
      let next: number;
      switch (operation) {
        case op.load:
          return old;
        case op.store:
          next = value as number;
          break;
        case op.add:
          next = old + ((value as number) | 0);
          break;
        case op.sub:
          next = old - ((value as number) | 0);
          break;
        case op.and:
          next = old & (value as number);
          break;
        case op.or:
          next = old | (value as number);
          break;
        case op.xor:
          next = old ^ (value as number);
          break;
        case op.exchange:
          next = value as number;
          break;
        default:
          if (old !== ((value as number) | 0)) return old;
          next = other as number;
      }
      words[word] = next;
      this.memory.changed(words, word, address & ~3, old);
      return operation === op.store ? value : old;
    }
    const upper = words[word + 1] as number;
    const native = byOperation[operation] as Native;
    const result = native(view.raw as Int32Array, index, value as number, other as number);
    this.memory.changed(words, word, address & ~3, old);
    if (view.size === 8) this.memory.changed(words, word + 1, (address & ~3) + 4, upper);
    return result;
  }

  /** `Atomics.wait`; `view` is null for memory that no other thread can reach. */
  wait(view: View | null, index: number, value: number | bigint, milliseconds: number): string {
    const thread = this.running;
    const address = view === null ? -1 : view.address + (index << view.shift);
    const signature = view === null ? op.sleep : (address << 5) | op.wait;
    if (thread === null) {
      if (view === null || this.#equals(view, index, value)) {
        throw new Error('Atomics.wait would block in setup or check, where no other thread runs');
      }
      return 'not-equal';
    }
    if (this.unwinding) throw suspension;
    if (this.cursor < thread.length) return this.replay(thread, signature, undefined) as string;
    if (this.isLearning(thread)) {
      this.learn(thread, signature, value, () => this.wait(view, index, value, milliseconds));
    }
    const access = accessOf(address, view?.size ?? 4, true);
    this.arrive(thread, access);
    if (this.calls.length > 0) this.beginCalls(thread);
    thread.softSteps = 0;
    this.wakeDependents(access);
    // A deadline is a reading of the clock.
    if (milliseconds !== Number.POSITIVE_INFINITY) this.wakeAll();
    let result = 'waits';
    if (view !== null && !this.#equals(view, index, value)) result = 'not-equal';
    else if (milliseconds <= 0) result = 'timed-out';
    this.tracer?.access(
      thread.index,
      view === null ? op.sleep : op.wait,
      view,
      index,
      [value, milliseconds],
      result,
    );
    if (view !== null) {
      const races = this.races;
      if (races !== null) {
        races.acquire(thread.index, address, view.size);
        // It compares what it reads, as an atomic load would.
        const witness = races.atomic(thread.index, address, view.size, false);
        if (witness !== undefined) this.reportRace(thread, address, view.size, witness);
        races.enterWaiters(thread.index, address);
        races.leaveWaiters(thread.index, address);
      }
    }
    if (result === 'waits') this.block(thread, address, signature, this.clock + milliseconds);
    thread.append(signature, result, undefined, digest(result));
    thread.advance(result);
    this.cursor = thread.length;
    this.noteRepetition(thread, signature, result);
    return result;
  }

  #equals(view: View, index: number, value: number | bigint): boolean {
    return (view.raw as Int32Array)[index] === value;
  }

  notify(view: View, index: number, count: number): number {
    const thread = this.running;
    if (thread === null) return 0;
    if (this.unwinding) throw suspension;
    const address = view.address + (index << view.shift);
    const signature = (address << 5) | op.notify;
    if (this.cursor < thread.length) return this.replay(thread, signature, undefined) as number;
    if (this.isLearning(thread)) this.learn(thread, signature, count, () => this.notify(view, index, count));
    const access = accessOf(address, view.size, true);
    this.arrive(thread, access, address);
    if (this.calls.length > 0) this.beginCalls(thread);
    thread.softSteps = 0;
    this.wakeDependents(access);
    this.races?.enterWaiters(thread.index, address);
    this.races?.leaveWaiters(thread.index, address);
    let woken = 0;
    while (woken < count) {
      const waiter = this.firstWaiter(address);
      if (waiter === undefined) break;
      this.unblock(waiter, 'ok');
      woken++;
    }
    thread.append(signature, woken, undefined, woken);
    thread.advance(woken);
    this.cursor = thread.length;
    this.tracer?.access(thread.index, op.notify, view, index, [count], woken);
    return woken;
  }

  plainRead(view: View, index: number): unknown {
    const thread = this.running;
    if (!this.#isWithin(view, index)) return undefined;
    if (thread === null) return view.raw[index];
    if (this.unwinding) throw suspension;
    const address = view.address + (index << view.shift);
    const signature = (address << 5) | op.plainRead;
    if (this.cursor < thread.length) return this.replay(thread, signature, undefined);
    if (this.isLearning(thread)) this.#learnPlainRead(thread, signature, view, index);
    const value = view.raw[index];
    this.#plain(thread, signature, value, undefined, view, index, 1);
    thread.advance(value);
    return value;
  }

  #learnPlainRead(thread: ModelThread, signature: number, view: View, index: number): void {
    this.learn(thread, signature, undefined, () => this.plainRead(view, index));
  }

  /** Whether there is such an element. Where that may change, no access tells how it was. */
  #isWithin(view: View, index: number): boolean {
    if (index >= 0 && index < lengthOf(view) && Number.isInteger(index)) return true;
    if (view.fixedLength < 0 && this.running !== null) this.forgoLocalStates();
    return false;
  }

  plainWrite(view: View, index: number, value: number | bigint): void {
    if (!this.#isWithin(view, index)) return;
    const thread = this.running;
    const address = view.address + (index << view.shift);
    const signature = (address << 5) | op.plainWrite;
    if (thread !== null) {
      if (this.unwinding) throw suspension;
      if (this.cursor < thread.length) {
        this.replay(thread, signature, value);
        return;
      }
      if (this.isLearning(thread)) this.#learnPlainWrite(thread, signature, view, index, value);
      if (this.mayDie(thread)) this.softPoint(thread);
    }
    const { words, base } = view.buffer;
    const word = (address - base) >> 2;
    const old = words[word] as number;
    const upper = words[word + 1] as number;
    (view.raw as Int32Array)[index] = value as number;
    this.memory.changed(words, word, address & ~3, old);
    if (view.size === 8) this.memory.changed(words, word + 1, (address & ~3) + 4, upper);
    if (thread === null) return;
    this.#plain(thread, signature, undefined, value, view, index, 1);
    thread.advance();
  }

  #learnPlainWrite(
    thread: ModelThread,
    signature: number,
    view: View,
    index: number,
    value: number | bigint,
  ): void {
    this.learn(thread, signature, value, () => this.plainWrite(view, index, value));
  }

  /** Reads `count` elements as one access, into an array of the same type over memory of its own. */
  bulkRead(view: View, index: number, count: number): TypedArray {
    const thread = this.running;
    const copy = () => view.raw.slice(index, index + count);
    if (thread === null || count === 0) return copy();
    if (this.unwinding) throw suspension;
    const signature = ((view.address + (index << view.shift)) << 5) | op.bulkRead;
    if (this.cursor < thread.length) return (this.replay(thread, signature, undefined) as TypedArray).slice();
    if (this.isLearning(thread)) {
      this.learn(thread, signature, count, () => this.bulkRead(view, index, count));
    }
    const value = copy();
    this.#plain(thread, signature, value, undefined, view, index, count);
    thread.advance(bytesOf(value).join());
    return value.slice();
  }

  /** Writes `source`, an array of the view's own type, as one access. */
  bulkWrite(view: View, index: number, source: TypedArray): void {
    const thread = this.running;
    if (source.length === 0) return;
    const address = view.address + (index << view.shift);
    const signature = (address << 5) | op.bulkWrite;
    if (thread !== null) {
      if (this.unwinding) throw suspension;
      if (this.cursor < thread.length) {
        this.replay(thread, signature, digest(source));
        return;
      }
      if (this.isLearning(thread)) {
        const kept = source.slice();
        this.learn(thread, signature, digest(source), () => this.bulkWrite(view, index, kept));
      }
      if (this.mayDie(thread)) this.softPoint(thread);
    }
    const { words, base } = view.buffer;
    const first = (address - base) >> 2;
    const last = (address - base + source.byteLength - 1) >> 2;
    const old = words.slice(first, last + 1);
    (view.raw as Int32Array).set(source as Int32Array, index);
    for (let word = first; word <= last; word++) {
      this.memory.changed(words, word, base + word * 4, old[word - first] as number);
    }
    if (thread === null) return;
    this.#plain(thread, signature, undefined, digest(source), view, index, source.length);
    thread.advance();
  }

  #plain(
    thread: ModelThread,
    signature: number,
    value: unknown,
    arg: unknown,
    view: View,
    index: number,
    count: number,
  ): void {
    if (thread.length > this.limits.maxSteps * entriesPerStep) {
      this.fail('livelock', `thread ${thread.index} made ${thread.length} plain accesses without an end`);
    }
    const operation = op.operationOf(signature);
    const writes = operation === op.plainWrite || operation === op.bulkWrite;
    thread.append(signature, value, arg, writes ? 0 : digest(value));
    this.cursor = thread.length;
    if (writes) thread.softSteps++;
    if (this.tracer !== null) {
      this.tracer.access(
        thread.index,
        operation,
        view,
        index,
        [writes ? view.raw[index] : undefined, count],
        value,
      );
    }
    if (this.races === null) return;
    const address = op.addressOf(signature);
    const witness = this.races.plain(thread.index, address, count << view.shift, writes);
    if (witness !== undefined) this.reportRace(thread, address, count << view.shift, witness);
  }

  /** The length of a growable buffer, an atomic load; or its growth, an atomic read-modify-write. */
  size(view: View, grownTo: number | undefined): number {
    const thread = this.running;
    const { size, sizeAddress } = view.buffer;
    const operation = grownTo === undefined ? op.readSize : op.grow;
    const signature = (sizeAddress << 5) | operation;
    if (thread !== null) {
      if (this.unwinding) throw suspension;
      if (this.cursor < thread.length) return this.replay(thread, signature, grownTo) as number;
      if (this.isLearning(thread)) this.learn(thread, signature, grownTo, () => this.size(view, grownTo));
      const access = accessOf(sizeAddress, 4, grownTo !== undefined);
      this.arrive(thread, access);
      if (this.calls.length > 0) this.beginCalls(thread);
      thread.softSteps = 0;
      this.wakeDependents(access);
    }
    const old = size[0] as number;
    if (grownTo !== undefined && grownTo >= old) {
      size[0] = grownTo;
      this.memory.changed(size, 0, sizeAddress, old);
    }
    if (thread !== null) {
      thread.append(signature, old, grownTo, old);
      thread.advance(old);
      this.cursor = thread.length;
      this.races?.acquire(thread.index, sizeAddress, 4);
      if (grownTo !== undefined) this.races?.release(thread.index, sizeAddress, 4);
      if (grownTo === undefined && !this.#readsSizeInPassing(thread, signature)) {
        this.noteRepetition(thread, signature, old);
      }
      this.tracer?.access(thread.index, operation, view, 0, [grownTo], old);
    }
    return old;
  }

  /**
   * Whether the last access is a few readings of a size in a row. Code that makes its views anew reads the size for each,
   * and goes on: that is no spinning, and taking it for that would keep this thread from going on undisturbed.
   */
  #readsSizeInPassing(thread: ModelThread, signature: number): boolean {
    let inRow = 1;
    while (inRow <= sizesInPassing && thread.signatures[thread.length - 1 - inRow] === signature) inRow++;
    return inRow > 1 && inRow <= sizesInPassing;
  }

  /** Virtual milliseconds since the execution began. Time passes only when a timeout fires, or nothing else can. */
  now(): number {
    const thread = this.running;
    if (thread === null) return this.clock;
    if (this.unwinding) throw suspension;
    if (this.cursor < thread.length) return this.replay(thread, op.readClock, undefined) as number;
    if (this.isLearning(thread)) this.learn(thread, op.readClock, undefined, () => this.now());
    let inRow = 0;
    while (inRow < patience && thread.signatures[thread.length - 1 - inRow] === op.readClock) inRow++;
    // A sleeping thread's step may move the clock, or read what this one makes of it.
    this.wakeAll();
    if (inRow === patience || this.spins(thread)) this.clock++;
    thread.append(op.readClock, this.clock, undefined, digest(this.clock));
    thread.advance(this.clock);
    this.cursor = thread.length;
    return this.clock;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new natives.Uint8Array(buffer, byteOffset, byteLength);
