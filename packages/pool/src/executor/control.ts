/**
 * The memory that an executor shares with its workers, beside its queues and its {@link TaskWords}.
 *
 * ```text
 *   line 0   LIVE          workers that have been started and have neither ended nor retired
 *            LEAST         how many of them do not retire                    written at creation
 *            IDLE_TIMEOUT  after how many milliseconds the others do         written at creation
 *            WORKERS       how many rows there are                           written at creation
 *            PRIORITIES    whether a task has had a priority, so that workers look for more     written by the owner
 *            WATCHED       whether workers are to tell when they begin and end tasks         written by the owner
 *            REQUESTS      that attached threads have posted so far, modulo 2^32
 *            CLOSED        whether requests are answered no more                             written by the owner
 *            CALLED        see `calls.ts`
 *   line 1   WORK          event count; idle workers wait for tasks and mail
 *   line 2   RESULTS       event count; the owner of the executor waits for results
 *   then     a row per worker, a line each:
 *            STATE         LOADING -> READY                                  written by the worker
 *            MAIL          messages posted to the worker, modulo 2^32        written by the owner
 *            CONSUMED      streams begun, modulo 2^12, in the upper bits     written by the worker
 *                          items of the latest that were consumed, modulo 2^20     written by the owner
 *            CREDIT        event count; the worker waits for CONSUMED to grow
 *            TAKEN         tasks that the worker has begun, modulo 2^32      written by the worker
 *            FINISHED      tasks that it has finished, modulo 2^32           written by the worker
 *            BUSY          for how many milliseconds it ran tasks, as a 32-bit float: one word that never overflows
 *                          written by the worker
 *            MAILED        event count; the worker waits for mail amid a task
 *            READY_AT      when it became ready, in milliseconds of the executor's clock: two words, the upper one in
 *                          units of 2^30                                     written by the worker, before STATE
 *   then     two histograms per row, how long tasks waited and ran; they outlive the worker
 * ```
 *
 * LIVE is the one word that both sides count down: a worker that retires by itself, the owner for one that ended
 * otherwise.
 *
 * @packageDocumentation
 */
import { currentThread, EventCount } from '@pkg/sync/kernel';
import { Calls } from './calls.ts';
import { addHistogram, countDuration, HISTOGRAM_WORDS } from './histogram.ts';

const LIVE = 0;
const LEAST = 1;
const IDLE_TIMEOUT = 2;
const WORKERS = 3;
const PRIORITIES = 4;
const WATCHED = 5;
const REQUESTS = 6;
const CLOSED = 7;
const CALLED = 8;
const WORK = 16;
const RESULTS = 32;
const ROWS = 48;
const ROW_WORDS = 16;

const STATE = 0;
const MAIL = 1;
const CONSUMED = 2;
const CREDIT = 4;
const TAKEN = 8;
const FINISHED = 9;
const BUSY = 10;
const MAILED = 12;
const READY_AT = 14;

const READY_AT_UNIT = 2 ** 30;

const STREAM_SHIFT = 20;
const MOST_STREAMS = 0xfff;
const MOST_CONSUMED = 0xf_ffff;

const LOADING = 0;
const READY = 1;

/** A view of the control memory. No method blocks. */
export class Control {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly work: EventCount;
  readonly calls: Calls;
  readonly results: EventCount;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.work = new EventCount(this.#words, WORK, currentThread());
    this.calls = new Calls(this.#words, CALLED, this.work);
    this.results = new EventCount(this.#words, RESULTS, currentThread());
  }

  static create(workers: number, least: number, idleTimeout: number): Control {
    const size = ROWS + workers * (ROW_WORDS + 2 * HISTOGRAM_WORDS);
    const words = new Int32Array(new SharedArrayBuffer(size * 4));
    words[WORKERS] = workers;
    words[LEAST] = least;
    words[IDLE_TIMEOUT] = Math.min(idleTimeout, 2 ** 31 - 1);
    return new Control(words.buffer as SharedArrayBuffer);
  }

  get live(): number {
    return Atomics.load(this.#words, LIVE);
  }

  /** After how many milliseconds without a task a worker may retire. */
  get idleTimeout(): number {
    return this.#words[IDLE_TIMEOUT]!;
  }

  /** Whether a task has had a priority so far. */
  get hasPriorities(): boolean {
    return Atomics.load(this.#words, PRIORITIES) !== 0;
  }

  setHasPriorities(): void {
    Atomics.store(this.#words, PRIORITIES, 1);
  }

  /** Whether workers are to tell when they begin and end tasks. */
  get isWatched(): boolean {
    return Atomics.load(this.#words, WATCHED) !== 0;
  }

  setWatched(watched: boolean): void {
    Atomics.store(this.#words, WATCHED, watched ? 1 : 0);
  }

  /** Requests of attached threads so far. */
  get requests(): number {
    return Atomics.load(this.#words, REQUESTS);
  }

  /** To be called after a request was posted. */
  countRequest(): void {
    Atomics.add(this.#words, REQUESTS, 1);
    if (this.results.hasWaiters) this.results.notify();
  }

  /** Whether requests are answered no more. To be asked after one was posted. */
  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0;
  }

  setClosed(): void {
    Atomics.store(this.#words, CLOSED, 1);
  }

  addLive(count: number): void {
    Atomics.add(this.#words, LIVE, count);
  }

  /** Takes the calling worker out of the living ones, if there are more than need be; says whether it did. */
  retire(): boolean {
    for (;;) {
      const live = Atomics.load(this.#words, LIVE);
      if (live <= this.#words[LEAST]!) return false;
      if (Atomics.compareExchange(this.#words, LIVE, live, live - 1) === live) return true;
    }
  }

  row(index: number): WorkerRow {
    const histograms = ROWS + this.#words[WORKERS]! * ROW_WORDS + index * 2 * HISTOGRAM_WORDS;
    return new WorkerRow(this.#words, ROWS + index * ROW_WORDS, histograms);
  }

  /** How long the tasks of all workers have waited and run: the sums of the histograms. */
  durations(): { wait: number[]; run: number[] } {
    const sums = { wait: [] as number[], run: [] as number[] };
    const workers = this.#words[WORKERS]!;
    for (let row = 0, at = ROWS + workers * ROW_WORDS; row < workers; row++, at += 2 * HISTOGRAM_WORDS) {
      addHistogram(this.#words, at, sums.wait);
      addHistogram(this.#words, at + HISTOGRAM_WORDS, sums.run);
    }
    return sums;
  }
}

/** One worker's row of the control memory. No method blocks. */
export class WorkerRow {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #histograms: number;
  readonly credit: EventCount;
  readonly mailed: EventCount;
  /** By the worker, which has one view of its row to count with: what BUSY says, exactly. */
  #ran = 0;

  constructor(words: Int32Array, at: number, histograms: number) {
    this.#words = words;
    this.#at = at;
    this.#histograms = histograms;
    this.credit = new EventCount(words, at + CREDIT, currentThread());
    this.mailed = new EventCount(words, at + MAILED, currentThread());
  }

  /** Makes the row that of a worker about to be started. */
  clear(): void {
    for (let i = 0; i < ROW_WORDS; i++) Atomics.store(this.#words, this.#at + i, 0);
  }

  /** Whether the worker has loaded its module and run its initializer. */
  get isReady(): boolean {
    return Atomics.load(this.#words, this.#at + STATE) !== LOADING;
  }

  /** @param now on the executor's clock, in milliseconds */
  setReady(now: number): void {
    Atomics.store(this.#words, this.#at + READY_AT, now % READY_AT_UNIT);
    Atomics.store(this.#words, this.#at + READY_AT + 1, now / READY_AT_UNIT);
    Atomics.store(this.#words, this.#at + STATE, READY);
  }

  /** When the worker became ready, in milliseconds of the executor's clock. */
  get readyAt(): number {
    const at = this.#at + READY_AT;
    return Atomics.load(this.#words, at) + Atomics.load(this.#words, at + 1) * READY_AT_UNIT;
  }

  /** Messages posted to the worker so far. */
  get mail(): number {
    return Atomics.load(this.#words, this.#at + MAIL);
  }

  countMail(): void {
    Atomics.add(this.#words, this.#at + MAIL, 1);
    if (this.mailed.hasWaiters) this.mailed.notify();
  }

  /** By the worker: begins its next stream, and returns the stream's number. What is consumed of others does not count. */
  beginStream(): number {
    const stream = ((Atomics.load(this.#words, this.#at + CONSUMED) >>> STREAM_SHIFT) + 1) & MOST_STREAMS;
    Atomics.store(this.#words, this.#at + CONSUMED, stream << STREAM_SHIFT);
    return stream;
  }

  /** Of `sent` items of the worker's latest stream, those that were not consumed yet; less than 2^20. */
  unconsumed(sent: number): number {
    return (sent - Atomics.load(this.#words, this.#at + CONSUMED)) & MOST_CONSUMED;
  }

  /** By the owner: one more item was consumed of the stream of that number, which may be over. */
  countConsumed(stream: number): void {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#at + CONSUMED);
      if (seen >>> STREAM_SHIFT !== stream) return;
      const next = (stream << STREAM_SHIFT) | ((seen + 1) & MOST_CONSUMED);
      if (Atomics.compareExchange(this.#words, this.#at + CONSUMED, seen, next) === seen) break;
    }
    if (this.credit.hasWaiters) this.credit.notify();
  }

  /** Tasks that the worker has begun, modulo 2^32. */
  get taken(): number {
    return Atomics.load(this.#words, this.#at + TAKEN) >>> 0;
  }

  /** The worker begins a task that has waited for `waited` milliseconds. */
  countTaken(waited: number): void {
    Atomics.add(this.#words, this.#at + TAKEN, 1);
    countDuration(this.#words, this.#histograms, waited);
  }

  /** The worker's task has ended, after `ran` milliseconds. */
  countFinished(ran: number): void {
    this.#ran += ran;
    Atomics.store(this.#words, this.#at + BUSY, bitsOf(this.#ran));
    Atomics.add(this.#words, this.#at + FINISHED, 1);
    countDuration(this.#words, this.#histograms + HISTOGRAM_WORDS, ran);
  }

  /** Whether the worker runs a task. */
  get isRunning(): boolean {
    return Atomics.load(this.#words, this.#at + TAKEN) !== Atomics.load(this.#words, this.#at + FINISHED);
  }

  /** For how many milliseconds the worker has run tasks. */
  get busy(): number {
    return floatOf(Atomics.load(this.#words, this.#at + BUSY));
  }
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

function bitsOf(value: number): number {
  float[0] = value;
  return bits[0]!;
}

function floatOf(value: number): number {
  bits[0] = value;
  return float[0]!;
}
