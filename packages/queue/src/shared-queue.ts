import { type AsyncWaitOptions, BlockingForbidden, HANDLE, KIND, type WaitOptions } from '@pkg/sync';
import {
  attach,
  checkInteger,
  checkOptions,
  deadlineOf,
  describeValue,
  EventCount,
  LONGEST_WITHOUT_TURN,
  realTime,
  throwIfAborted,
  turn,
  waitUntil,
  waitUntilAsync,
} from '@pkg/sync/kernel';
import type { BlockingQueue, QueueStats } from './blocking-queue.ts';
import { ByteReader } from './codec/byte-reader.ts';
import { ByteWriter } from './codec/byte-writer.ts';
import { isInstance } from './codec/is-instance.ts';
import { ItemTooLarge } from './codec/item-too-large.ts';
import { atIndex, decodeFailure, ofBatch } from './codec/queue-codec-error.ts';
import { QueueEmpty, QueueFull, QueueShutDown } from './errors.ts';
import type { ItemStore, Refusal } from './item-store.ts';
import {
  ABANDONED,
  GET_WAITS,
  GETS,
  HIGH_WATER,
  isShutDown,
  LIMIT_PAGES,
  MAXSIZE,
  MEMORY_FREED,
  NOT_EMPTY,
  NOT_FULL,
  PUT_WAITS,
  PUTS,
  RETURNED,
} from './layout.ts';
import { Line } from './line.ts';
import { PutProgress } from './put-progress.ts';
import type { QueueHandle, QueueOrigin } from './queue-origin.ts';

/** How often a verb looks again before it sleeps: some ten microseconds, less than a sleep and a wake-up take. */
const SPINS = 20;

/** Turns of an empty loop between two looks: about half a microsecond. */
const TURNS_OF_A_PAUSE = 1500;

/** Least scratch for a batch of items that is taken, in bytes. */
const BATCH_BYTES = 64 * 1024;

/** What all queues between threads have in common: every verb that moves items. */
export abstract class SharedQueue<T> implements BlockingQueue<T> {
  readonly #origin: QueueOrigin<T>;
  readonly #header: Int32Array;
  readonly #store: ItemStore;
  readonly #kind: string;
  readonly #notEmpty: EventCount;
  readonly #notFull: EventCount;
  readonly #memoryFreed: EventCount;
  readonly #recover = () => this.recover();
  readonly #mostBytes = () => this.#store.largestFrame * 4;
  /** Made by the first call that needs them, and while one is lent, a call within that call makes another. */
  #writer: ByteWriter | undefined;
  #reader: ByteReader | undefined;
  /** Asynchronous puts of this object that have not found a place. */
  readonly #putters = new Line();

  /** @internal */
  protected constructor(origin: QueueOrigin<T>, store: ItemStore, kind: string) {
    this.#origin = origin;
    this.#header = origin.pages.header;
    this.#store = store;
    this.#kind = kind;
    this.#notEmpty = new EventCount(this.#header, NOT_EMPTY, origin.self);
    this.#notFull = new EventCount(this.#header, NOT_FULL, origin.self);
    this.#memoryFreed = new EventCount(this.#header, MEMORY_FREED, origin.self);
    if (!origin.isModel) attach(origin.self.table, this);
  }

  /**
   * Structured-cloneable; `from(handle)` of the same class attaches to this queue in another thread. Does not block.
   *
   * It names the class of this package, and none that extends it: a `LogQueue extends Queue` arrives as a `Queue`, also
   * as a field of a `Thread`. A class that is to arrive as itself has a kind of its own: it holds a queue, gives that
   * one's handle in its `[HANDLE]`, attaches in its static `[FROM]`, and is made known by `registerSharedClass` of
   * `@pkg/sync`.
   */
  get handle(): QueueHandle<T> {
    return {
      [KIND]: this.#kind,
      memory: this.#origin.pages.memory,
      threads: this.#origin.self.table.memory,
      codec: this.#origin.codec.name,
    };
  }

  /** {@link handle}, for whatever carries values to other threads. */
  [HANDLE](): QueueHandle<T> {
    return this.handle;
  }

  /**
   * Puts an item in, waiting for a free place. Blocks.
   *
   * @throws QueueFull when `timeout` ran out, QueueShutDown after a shutdown, whatever the item and the timeout,
   *   QueueCodecError when the item cannot be carried, RangeError when it can never fit or `timeout` is negative or NaN,
   *   TypeError when `options` are no object or `timeout` is no number; the queue is unchanged
   * @example `queue.put(['images', link], { timeout: 1000 })`
   */
  put(item: T, options?: WaitOptions): void {
    const deadline = options === undefined ? Infinity : this.#deadline(options, true);
    this.#mustBeAllowedToBlock('put', deadline);
    const writer = this.#borrowWriter();
    try {
      this.#frame(item, writer);
      const end = writer.length >>> 2;
      if (this.#store.offer(writer.words, 0, end, 1, writer.tail) === 0) {
        writer.complete();
        this.#putSlowly(new PutProgress(this.#store, writer.words, end, 1), deadline, options?.timeout);
      }
    } finally {
      this.#returnWriter(writer);
    }
  }

  /**
   * Puts an item in if there is a free place now. Does not block.
   *
   * @throws QueueFull when there is none; else as {@link put}
   */
  putNowait(item: T): void {
    this.put(item, NO_WAIT);
  }

  /**
   * {@link put} as a promise, for any thread. The item is encoded before this returns, so later changes to it do
   * not matter. What one thread puts by promises goes in, by one queue object, in the order of the calls, whether they are
   * awaited or not: while one waits, those after it wait as well, unless their timeout is 0. Blocking verbs do not wait
   * for promises.
   *
   * @throws as {@link put}; the reason of `signal` when it is aborted, TypeError when it is no `AbortSignal`
   */
  async putAsync(item: T, options?: AsyncWaitOptions): Promise<void> {
    return this.#putFrames((writer) => {
      this.#frame(item, writer);
      writer.complete();
      return 1;
    }, options);
  }

  /**
   * Puts all items in, in order, one lock round for as many as there are places. Other threads' items may come
   * between two rounds. Blocks.
   *
   * @throws as {@link put}; TypeError when `items` are not iterable. When an item cannot be carried, none was put.
   *   `QueueFull` and `QueueShutDown` tell by `accepted` how many were put before.
   */
  putMany(items: Iterable<T>, options?: WaitOptions): void {
    const deadline = options === undefined ? Infinity : this.#deadline(options, true);
    this.#mustBeAllowedToBlock('putMany', deadline);
    const writer = this.#borrowWriter();
    try {
      const count = this.#frameAll('putMany', items, writer);
      if (count === 0) return;
      const progress = new PutProgress(this.#store, writer.words, writer.length / 4, count);
      if (!progress.attempt()) this.#putSlowly(progress, deadline, options?.timeout);
    } finally {
      this.#returnWriter(writer);
    }
  }

  /**
   * {@link putMany} as a promise, for any thread. The items are encoded before this returns.
   *
   * Aborting `signal` calls off what has not found a place by then: the first part of the batch may be in the queue, and
   * stays there. The reason that the promise is rejected with does not tell how many those are; put such items one by
   * one by {@link putAsync}.
   *
   * @throws as {@link putMany}; the reason of `signal` when it is aborted, TypeError when it is no `AbortSignal`
   */
  async putManyAsync(items: Iterable<T>, options?: AsyncWaitOptions): Promise<void> {
    return this.#putFrames((writer) => this.#frameAll('putManyAsync', items, writer), options);
  }

  /**
   * Takes an item out, waiting for one. Blocks.
   *
   * @throws QueueEmpty when `timeout` ran out, QueueShutDown when the queue is shut down and empty, whatever the timeout,
   *   RangeError when `timeout` is negative or NaN, TypeError when `options` are no object or `timeout` is no number;
   *   QueueCodecError when the item was taken and cannot be decoded: it is unfinished until `taskDone()`, as its `taken`
   *   of 1 tells
   * @example `const [directory, link] = queue.get({ timeout: 1000 })`
   */
  get(options?: WaitOptions): T {
    const deadline = options === undefined ? Infinity : this.#deadline(options, false);
    this.#mustBeAllowedToBlock('get', deadline);
    const reader = this.#borrowReader();
    try {
      if (this.#store.take(reader, 1) === 0) this.#getSlowly(reader, 1, deadline, options?.timeout);
      return this.#decodeOne(reader);
    } finally {
      this.#returnReader(reader);
    }
  }

  /**
   * Takes an item out if there is one now. Does not block.
   *
   * @throws QueueEmpty when there is none, QueueShutDown when there is none and the queue is shut down; QueueCodecError
   *   as {@link get}
   */
  getNowait(): T {
    return this.get(NO_WAIT);
  }

  /**
   * {@link getNowait} for those who often find nothing: `undefined` then, instead of an error.
   *
   * @internal
   */
  poll(): T | undefined {
    const reader = this.#borrowReader();
    try {
      return this.#store.take(reader, 1) === 0 ? undefined : this.#decodeOne(reader);
    } finally {
      this.#returnReader(reader);
    }
  }

  /**
   * {@link get} as a promise, for any thread. Aborting `signal` takes nothing.
   *
   * @throws as {@link get}; the reason of `signal` when it is aborted, TypeError when it is no `AbortSignal`
   */
  async getAsync(options?: AsyncWaitOptions): Promise<T> {
    const items = await this.#takeAsync(1, options);
    return items[0] as T;
  }

  /**
   * Waits for at least one item, then takes up to `max` that are there, in order, in one lock round. Blocks.
   *
   * It may be fewer although more are there: a round copies what lies together, 64 KiB of encoded items at the most, or
   * a single larger one. That a queue is empty is told by {@link empty}, or by a `getMany` that finds nothing.
   *
   * @param max 1 or more
   * @throws as {@link get}; RangeError for a `max` that is no whole number from 1. When some of the items cannot be
   *   decoded, all were taken nevertheless: the QueueCodecError, the first item's that failed, has how many by `taken`,
   *   and those that could be decoded in `items`, in order. Call `taskDone(taken)` when they are dealt with
   * @example
   * ```ts
   * try {
   *   for (const link of queue.getMany(100)) fetchLink(link);
   * } catch (error) {
   *   if (!(error instanceof QueueCodecError)) throw error;
   *   for (const link of error.items) fetchLink(link as string);
   *   queue.taskDone(error.taken);
   * }
   * ```
   */
  getMany(max: number, options?: WaitOptions): T[] {
    checkInteger('max', max, 1, 2 ** 31 - 1);
    const deadline = options === undefined ? Infinity : this.#deadline(options, false);
    this.#mustBeAllowedToBlock('getMany', deadline);
    const reader = this.#borrowReader();
    try {
      if (max > 1) reader.ensure(BATCH_BYTES);
      const taken = this.#store.take(reader, max) || this.#getSlowly(reader, max, deadline, options?.timeout);
      return this.#decodeAll(reader, taken);
    } finally {
      this.#returnReader(reader);
    }
  }

  /**
   * {@link getMany} as a promise, for any thread. Aborting `signal` takes nothing.
   *
   * @throws as {@link getMany}; the reason of `signal` when it is aborted, TypeError when it is no `AbortSignal`
   */
  async getManyAsync(max: number, options?: AsyncWaitOptions): Promise<T[]> {
    checkInteger('max', max, 1, 2 ** 31 - 1);
    return this.#takeAsync(max, options);
  }

  /** Items queued now; another thread may change that at any time. Does not block. */
  qsize(): number {
    return this.#store.size;
  }

  /** Whether no item is queued now. Does not block. */
  empty(): boolean {
    return this.#store.size === 0;
  }

  /** Whether there is no free place now; never for a queue without bound. Does not block. */
  full(): boolean {
    const maxsize = Atomics.load(this.#header, MAXSIZE);
    return maxsize > 0 && this.#store.size >= maxsize;
  }

  /** Figures since the creation. Blocks no longer than a put. */
  stats(): QueueStats {
    this.recover();
    this.#store.reclaim();
    const header = this.#header;
    return {
      puts: Atomics.load(header, PUTS) >>> 0,
      gets: Atomics.load(header, GETS) >>> 0,
      putWaits: Atomics.load(header, PUT_WAITS) >>> 0,
      getWaits: Atomics.load(header, GET_WAITS) >>> 0,
      highWaterMark: Atomics.load(header, HIGH_WATER),
      abandoned: Atomics.load(header, ABANDONED) >>> 0,
      bytesInUse: this.#origin.pages.inUse,
      bytesReserved: this.#origin.pages.memory.byteLength,
    };
  }

  /**
   * Gives back what threads that have died held here. Called by itself; public for those who learn of a death
   * in their own way. Any thread, any number of times; blocks no longer than a put.
   */
  recover(): void {
    this.#store.recover();
  }

  /**
   * Takes items until the queue is shut down and drained. Blocks in each step. An item that cannot be decoded ends the
   * loop by its error, see {@link get}; another loop goes on behind it.
   */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = this.get();
      } catch (error) {
        if (error instanceof QueueShutDown) return;
        throw error;
      }
      yield item;
    }
  }

  /**
   * The same by promises, for any thread. Lets the other events of the thread have their turn every ten milliseconds or so,
   * also where there is always a next item.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let turnDue = realTime.now() + LONGEST_WITHOUT_TURN;
    for (;;) {
      if (realTime.now() > turnDue) {
        await turn();
        turnDue = realTime.now() + LONGEST_WITHOUT_TURN;
      }
      let item: T;
      try {
        item = await this.getAsync();
      } catch (error) {
        if (error instanceof QueueShutDown) return;
        throw error;
      }
      yield item;
    }
  }

  /**
   * What the store wants before an item in its frame; `at` is the frame's first byte in the writer, and `index` the item's
   * place in its batch if it has one.
   */
  protected writeOrder(_item: T, _writer: ByteWriter, _at: number, _index: number | undefined): void {}

  /**
   * All that this object remembers of its own from one blocking call to the next, and what they do depends on: by this,
   * and by shared memory, those who explore interleavings know again where a thread stands.
   *
   * @internal
   */
  get recollection(): readonly unknown[] {
    const counts = [this.#notEmpty, this.#notFull, this.#memoryFreed];
    return [...counts.map(({ deathsTold }) => deathsTold), ...this.#store.recollection];
  }

  /**
   * Throws what the codec has to say against an item, for whoever is about to refuse it for something else: that comes
   * first. What it writes is of no use.
   *
   * @internal
   */
  protected mustBeCarried(item: T, writer: ByteWriter): void {
    this.#origin.codec.encode(item, writer);
  }

  /** @internal */
  protected decodeFrame(words: Int32Array, at: number): T {
    const length = words[at]!;
    const first = at + this.#store.takeHeader;
    const reader = new ByteReader();
    reader.ensure(length + 4);
    reader.words.set(words.subarray(first, first + ((length + 3) >>> 2)));
    reader.reset(0, length);
    return this.#origin.codec.decode(reader);
  }

  /**
   * Writes the frame of an item, the one at `index` of its batch if it has one; when that fails, none of these has been put
   * yet.
   */
  #frame(item: T, writer: ByteWriter, index?: number): void {
    try {
      this.#writeFrame(item, writer, index);
    } catch (error) {
      // A shutdown comes before whatever is wrong with the item. Items that can be framed learn of it from the store.
      if (isShutDown(this.#header)) throw new QueueShutDown();
      if (isInstance(error, ItemTooLarge)) {
        throw this.#neverFits(
          index,
          `at least ${error.bytes - this.#store.offerHeader * 4}`,
          this.#store.largestFrame,
        );
      }
      throw error;
    }
  }

  #writeFrame(item: T, writer: ByteWriter, index: number | undefined): void {
    const header = this.#store.offerHeader;
    const at = writer.reserve(header * 4);
    // Divided, here and wherever bytes are counted, where a shift would cut off what is beyond 32 bits: a blob that is
    // left where it is can be that long, and so can a batch.
    for (let i = 1; i < header; i++) writer.words[at / 4 + i] = 0;
    if (header > 1) this.writeOrder(item, writer, at, index);
    this.#origin.codec.encode(item, writer);
    const length = writer.length - at - header * 4;
    writer.pad();
    const largest = this.#store.largestFrame;
    if ((writer.length - at) / 4 > largest) throw this.#neverFits(index, `${length}`, largest);
    writer.words[at / 4] = length;
  }

  #neverFits(index: number | undefined, bytes: string, largestFrame: number): RangeError {
    const which = index === undefined ? '' : ofBatch(index);
    return new RangeError(
      `an item of ${bytes} bytes can never fit into this queue, whose memory holds items of up to ` +
        `${(largestFrame - this.#store.offerHeader) * 4} bytes (maxBytes ${this.#maxBytes}), counted as its codec ` +
        `"${this.#origin.codec.name}" writes them: raise maxBytes or split the item${which}`,
    );
  }

  #frameAll(verb: string, items: Iterable<T>, writer: ByteWriter): number {
    this.#mustBeIterable(verb, items);
    let count = 0;
    try {
      for (const item of items) {
        writer.start = writer.length;
        try {
          this.#frame(item, writer, count);
        } catch (error) {
          throw atIndex(error, count);
        }
        // Before the iterator goes on: it may use the same buffer again.
        writer.complete();
        count++;
      }
    } finally {
      writer.start = 0;
    }
    // The store, which refuses items then, is asked for none.
    if (count === 0 && isShutDown(this.#header)) throw new QueueShutDown();
    return count;
  }

  #mustBeIterable(verb: string, items: unknown): void {
    if (typeof (items as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === 'function') return;
    if (isShutDown(this.#header)) throw new QueueShutDown();
    throw new TypeError(
      `${verb} takes an iterable of items, such as an array, not ${describeValue(items)}: put takes a single item`,
    );
  }

  /** The only item that was taken. */
  #decodeOne(reader: ByteReader): T {
    try {
      return this.#decodeAt(reader, 0);
    } catch (error) {
      throw decodeFailure(error, 1, []);
    }
  }

  #decodeAt(reader: ByteReader, word: number): T {
    const start = (word + this.#store.takeHeader) * 4;
    reader.reset(start, start + reader.words[word]!);
    return this.#origin.codec.decode(reader);
  }

  #decodeAll(reader: ByteReader, count: number): T[] {
    const items: T[] = new Array(count);
    const header = this.#store.takeHeader;
    let readable = 0;
    let failure: { readonly thrown: unknown } | undefined;
    for (let i = 0, word = 0; i < count; i++) {
      try {
        items[readable] = this.#decodeAt(reader, word);
        readable++;
      } catch (thrown) {
        failure ??= { thrown };
      }
      word += header + ((reader.words[word]! + 3) >>> 2);
    }
    if (failure !== undefined) throw decodeFailure(failure.thrown, count, items.slice(0, readable));
    return items;
  }

  /** @param frame writes what is to be put, and returns how many items that are */
  async #putFrames(
    frame: (writer: ByteWriter) => number,
    options: AsyncWaitOptions | undefined,
  ): Promise<void> {
    const deadline = options === undefined ? Infinity : this.#deadline(options, true);
    throwIfAborted(options?.signal);
    const writer = this.#borrowWriter();
    let progress: PutProgress;
    try {
      const count = frame(writer);
      if (count === 0) return;
      // The items' own code may have called it off.
      throwIfAborted(options?.signal);
      progress = new PutProgress(this.#store, writer.words, writer.length / 4, count);
      // Who does not wait has no place in the line: it is now or never.
      const isNext = deadline === -Infinity || !this.#putters.isTaken;
      if (isNext && progress.attempt()) return;
      if (deadline === -Infinity) this.#beforeWait(progress, deadline, options?.timeout);
      // The scratch is used by others while this waits.
      progress.keepRest();
    } finally {
      this.#returnWriter(writer);
    }
    await this.#putInTurn(progress, deadline, options);
  }

  /** Goes on with a put when those that this thread began before it are over. */
  async #putInTurn(
    progress: PutProgress,
    deadline: number,
    options: AsyncWaitOptions | undefined,
  ): Promise<void> {
    const putters = this.#putters;
    if (!putters.tryEnter()) {
      this.#countPutWait(progress);
      if (!(await putters.enter(deadline, options?.signal))) {
        // Whoever is before has perhaps not come round yet to what it would have learned from the store.
        if (isShutDown(this.#header)) throw new QueueShutDown(progress.accepted);
        throw this.#full(options?.timeout, progress.accepted, this.#store.refusal);
      }
    }
    try {
      while (!progress.attempt()) {
        const until = this.#beforeWait(progress, deadline, options?.timeout);
        const woken = await waitUntilAsync(until.event, until.attempt, deadline, options?.signal);
        this.#passOnPlace();
        if (!woken) throw this.#full(options?.timeout, progress.accepted, until.refusal);
      }
    } finally {
      putters.leave();
    }
  }

  #putSlowly(progress: PutProgress, deadline: number, timeout: number | undefined): void {
    this.recover();
    if (deadline !== -Infinity) {
      for (let i = this.#spins; i > 0 && this.full(); i--) pause();
    }
    while (!progress.attempt()) {
      const until = this.#beforeWait(progress, deadline, timeout);
      const woken = waitUntil(until.event, until.attempt, deadline, this.#recover);
      // Also when what is waited for next is memory, or time is over: the wake was for whoever finds a place.
      this.#passOnPlace();
      if (!woken) throw this.#full(timeout, progress.accepted, until.refusal);
    }
  }

  /** Counts a put among those that had to wait, once. */
  #countPutWait(progress: PutProgress): void {
    if (progress.hasWaited) return;
    progress.hasWaited = true;
    Atomics.add(this.#header, PUT_WAITS, 1);
  }

  /** After a refusal: why it was, what to wait for, and until when; throws when waiting is no use. */
  #beforeWait(
    progress: PutProgress,
    deadline: number,
    timeout: number | undefined,
  ): { refusal: Refusal; event: EventCount; attempt: () => boolean } {
    const store = this.#store;
    const refusal = store.refusal;
    if (refusal === 'shut-down') throw new QueueShutDown(progress.accepted);
    if (deadline === -Infinity) throw this.#full(timeout, progress.accepted, refusal);
    this.#countPutWait(progress);
    progress.moved = false;
    return {
      refusal,
      event: refusal === 'full' ? this.#notFull : this.#memoryFreed,
      attempt: () => progress.attempt() || progress.moved || store.refusal !== refusal,
    };
  }

  /** A putter that was woken and leaves places behind wakes the next one. */
  #passOnPlace(): void {
    if (this.#notFull.hasWaiters && this.#mayHavePlace()) this.#notFull.notify(1);
  }

  /**
   * False only if the queue was full at some moment since the call: whoever takes from a full queue wakes a putter. So
   * what makes it fuller is loaded first; `size` errs to the other side.
   */
  #mayHavePlace(): boolean {
    const header = this.#header;
    const maxsize = Atomics.load(header, MAXSIZE);
    const puts = Atomics.load(header, PUTS);
    const queued = (puts - Atomics.load(header, GETS)) | 0;
    return maxsize === 0 || queued + Atomics.load(header, RETURNED) < maxsize;
  }

  #getSlowly(reader: ByteReader, max: number, deadline: number, timeout: number | undefined): number {
    const store = this.#store;
    this.recover();
    let taken = 0;
    const attempt = () =>
      this.#tryTake(reader, max, (count) => {
        taken = count;
      });
    if (attempt()) return taken;
    if (deadline === -Infinity) throw new QueueEmpty(timeout ?? 0);
    for (let i = this.#spins; i > 0; i--) {
      pause();
      if (store.size > 0 && attempt()) return taken;
    }
    Atomics.add(this.#header, GET_WAITS, 1);
    if (!waitUntil(this.#notEmpty, attempt, deadline, this.#recover)) throw new QueueEmpty(timeout ?? 0);
    this.#passOnItem();
    return taken;
  }

  async #takeAsync(max: number, options: AsyncWaitOptions | undefined): Promise<T[]> {
    const deadline = options === undefined ? Infinity : this.#deadline(options, false);
    throwIfAborted(options?.signal);
    let items: T[] | undefined;
    const attempt = () => {
      const reader = this.#borrowReader();
      try {
        if (max > 1) reader.ensure(BATCH_BYTES);
        return this.#tryTake(reader, max, (count) => {
          items = this.#decodeAll(reader, count);
        });
      } finally {
        this.#returnReader(reader);
      }
    };
    // First, as where a verb blocks: an item that comes back from the dead is there.
    this.recover();
    if (attempt()) return items!;
    if (deadline === -Infinity) throw new QueueEmpty(options?.timeout ?? 0);
    Atomics.add(this.#header, GET_WAITS, 1);
    try {
      if (!(await waitUntilAsync(this.#notEmpty, attempt, deadline, options?.signal))) {
        throw new QueueEmpty(options?.timeout ?? 0);
      }
      return items!;
    } finally {
      // Also when the item that was taken could not be decoded.
      this.#passOnItem();
    }
  }

  /** Takes what is there, and throws when nothing is and nothing will be. */
  #tryTake(reader: ByteReader, max: number, done: (count: number) => void): boolean {
    // The flag first: a put that it refused is not coming, and one that came before it is seen by `take`.
    const shutDown = isShutDown(this.#header);
    const taken = this.#store.take(reader, max);
    if (taken > 0) {
      done(taken);
      return true;
    }
    if (shutDown) throw new QueueShutDown();
    return false;
  }

  /** A getter that was woken and leaves items behind wakes the next one. */
  #passOnItem(): void {
    if (this.#notEmpty.hasWaiters && this.#store.size > 0) this.#notEmpty.notify(1);
  }

  #full(timeout: number | undefined, accepted: number, refusal: Refusal): QueueFull {
    const maxsize = Atomics.load(this.#header, MAXSIZE);
    return new QueueFull(timeout ?? 0, accepted, refusal === 'no-memory' ? 0 : maxsize, this.#maxBytes);
  }

  get #maxBytes(): number {
    return this.#header[LIMIT_PAGES]! * this.#origin.pages.pageWords * 4;
  }

  get #spins(): number {
    return this.#origin.spins ?? SPINS;
  }

  /** Until when a put or a get may wait. That the queue is over for it comes before a bad timeout. */
  #deadline(options: WaitOptions, isPut: boolean): number {
    checkOptions(options, AN_EXAMPLE);
    try {
      return deadlineOf(options.timeout);
    } catch (error) {
      if (isShutDown(this.#header) && (isPut || this.#store.size === 0)) throw new QueueShutDown();
      throw error;
    }
  }

  #mustBeAllowedToBlock(verb: string, deadline: number): void {
    if (!this.#origin.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden(verb);
  }

  /** The scratch, or another one when an item's own code uses this queue while the item is encoded. */
  #borrowWriter(): ByteWriter {
    const writer = this.#writer ?? new ByteWriter(true, this.#mostBytes);
    this.#writer = undefined;
    return writer;
  }

  #returnWriter(writer: ByteWriter): void {
    writer.reset();
    this.#writer = writer;
  }

  #borrowReader(): ByteReader {
    const reader = this.#reader ?? new ByteReader(this.#origin.codec.findTrailingBlob);
    this.#reader = undefined;
    return reader;
  }

  #returnReader(reader: ByteReader): void {
    reader.trim();
    this.#reader = reader;
  }
}

const NO_WAIT: WaitOptions = { timeout: 0 };
const AN_EXAMPLE = '{ timeout: 1000 }';

/**
 * Lets the other end get on. Who looks without a pause has each item as soon as it is there, and takes the memory that both
 * ends share from the other end's core for each: then both go at the pace of that. `Atomics.pause` is not in every engine.
 */
function pause(): void {
  for (let turns = TURNS_OF_A_PAUSE; turns > 0; turns--);
}
