import { checkOptions } from '../check-options.ts';
import type { Operation } from '../scenario.ts';
import { withType } from '../with-type.ts';
import { errorNameOf } from './error-name.ts';
import { FROM, HANDLE, KIND, registerSharedClass } from './shared-class.ts';

const KIND_OF_RECORDER = '@pkg/interleave.HistoryRecorder';

/** What a {@link HistoryRecorder} has room for. */
export interface HistoryRecorderOptions {
  /** How many threads record. From 1. */
  readonly threads: number;
  /** Operations that each of them records at most. From 1. */
  readonly capacity: number;
  /** The names of the operations that are recorded. At least one. */
  readonly operations: readonly string[];
  /** The names of the errors that count as outcomes, such as `'QueueEmpty'`. Default none. */
  readonly errors?: readonly string[];
}

/** Structured-cloneable; attaches to the same memory in another thread by {@link HistoryRecorder.from}. */
export interface HistoryRecorderHandle extends Required<HistoryRecorderOptions> {
  readonly memory: SharedArrayBuffer;
}

/**
 * Layout, in 8-byte cells (all of a record but the start is written when the operation ends):
 *
 *   0        the clock (int32, any thread adds to it: a ticket for each start and each end)
 *   1 … T    records of each thread (int32; written by that thread only, after the record's start)
 *   then     T × capacity records of 6 cells: name, argument, start, end, outcome, result
 */
const cellsPerRecord = 6;
const pending = 0;
const returned = 1;
const returnedNothing = 2;
const firstError = 3;

/**
 * Records what real threads do with a shared object, for `checkLinearizable` or `checkFifoHistory`. Every
 * thread writes to a part of its own; one shared clock gives a ticket for each start and end, so that operations
 * that did not overlap stand in their true order. Arguments and results are numbers or nothing. Like every shared object of
 * this project, it arrives as the same one in a field of a `Thread` or as an argument of a task; to a `Worker` of your own
 * goes its `handle`.
 *
 * @example
 * const recorder = new HistoryRecorder({ threads: 2, capacity: 1000, operations: ['put', 'get'] });
 * // in thread 1, given recorder.handle:
 * const log = HistoryRecorder.from(handle).thread(1);
 * log.call('put', 7, () => queue.put(7));
 * // after the threads have ended:
 * checkFifoHistory(recorder.history());
 */
export class HistoryRecorder {
  /** To be sent to the other threads. */
  readonly handle: HistoryRecorderHandle;
  readonly #cells: Float64Array;
  readonly #words: Int32Array;

  /**
   * @throws {RangeError} if a number is out of range or the memory would exceed what a buffer can hold.
   * @throws {TypeError} for names that are no array of strings, for no operations, or for an option that there is not.
   */
  constructor(options: HistoryRecorderOptions | HistoryRecorderHandle) {
    checkOptions(options, known, "{ threads: 2, capacity: 1000, operations: ['put', 'get'] }");
    const { threads, capacity, operations, errors = [] } = options;
    for (const [name, value] of Object.entries({ threads, capacity })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`${name} is a whole number from 1, not ${withType(value)}`);
      }
    }
    checkNames('operations', operations, 1);
    checkNames('errors', errors, 0);
    const cells = 1 + threads + threads * capacity * cellsPerRecord;
    const memory = 'memory' in options ? options.memory : new SharedArrayBuffer(cells * 8);
    this.handle = { threads, capacity, operations, errors, memory };
    this.#cells = new Float64Array(memory);
    this.#words = new Int32Array(memory, 0, (1 + threads) * 2);
  }

  /** The same recorder in another thread. */
  static from(handle: HistoryRecorderHandle): HistoryRecorder {
    return new HistoryRecorder(handle);
  }

  /** {@link HistoryRecorder.handle}, for whatever carries values to other threads. */
  [HANDLE](): HistoryRecorderHandle & { readonly [KIND]: string } {
    return { ...this.handle, [KIND]: KIND_OF_RECORDER };
  }

  /** {@link HistoryRecorder.from}, for whatever carries values to other threads. */
  static [FROM]({
    [KIND]: _kind,
    ...handle
  }: HistoryRecorderHandle & { readonly [KIND]: string }): HistoryRecorder {
    return HistoryRecorder.from(handle);
  }

  /** The part that thread number `index` writes to; only one thread may use it at a time. */
  thread(index: number): ThreadRecorder {
    const { threads, capacity, operations, errors } = this.handle;
    if (!Number.isInteger(index) || index < 0 || index >= threads) {
      throw new RangeError(`thread is a whole number from 0 to ${threads - 1}, not ${String(index)}`);
    }
    const first = 1 + threads + index * capacity * cellsPerRecord;
    return new ThreadRecorder(this.#cells, this.#words, { index, first, capacity, operations, errors });
  }

  /**
   * Everything recorded, by start. Call it after the threads have ended; operations that were under way when a
   * thread died have `end` `Infinity`.
   */
  history(): Operation[] {
    const { threads, capacity, operations, errors } = this.handle;
    const cells = this.#cells;
    const history: Operation[] = [];
    for (let thread = 0; thread < threads; thread++) {
      const count = Atomics.load(this.#words, 2 + thread * 2);
      for (let record = 0; record < count; record++) {
        const at = 1 + threads + (thread * capacity + record) * cellsPerRecord;
        const arg = cells[at + 1] as number;
        const outcome = cells[at + 4] as number;
        const operation = {
          thread,
          name: operations[cells[at] as number] as string,
          args: Number.isNaN(arg) ? [] : [arg],
          start: cells[at + 2] as number,
          end: outcome === pending ? Number.POSITIVE_INFINITY : (cells[at + 3] as number),
        };
        if (outcome >= firstError)
          history.push({ ...operation, error: { name: errors[outcome - firstError] } });
        else if (outcome === returned) history.push({ ...operation, result: cells[at + 5] });
        else history.push(operation);
      }
    }
    return history.sort((left, right) => left.start - right.start);
  }
}

registerSharedClass(KIND_OF_RECORDER, HistoryRecorder);

const known: readonly (keyof HistoryRecorderHandle)[] = [
  'threads',
  'capacity',
  'operations',
  'errors',
  'memory',
];

function checkNames(option: string, names: unknown, least: number): void {
  const fits = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (!fits || names.length < least) {
    const what = least > 0 ? 'a non-empty array' : 'an array';
    throw new TypeError(`${option} is ${what} of names, not ${withType(names)}`);
  }
}

interface Place {
  readonly index: number;
  /** Cell of the first record. */
  readonly first: number;
  readonly capacity: number;
  readonly operations: readonly string[];
  readonly errors: readonly string[];
}

/** Records the operations of one thread; got from {@link HistoryRecorder.thread}. */
export class ThreadRecorder {
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  readonly #place: Place;
  #count: number;

  constructor(cells: Float64Array, words: Int32Array, place: Place) {
    this.#cells = cells;
    this.#words = words;
    this.#place = place;
    this.#count = Atomics.load(words, 2 + place.index * 2);
  }

  /**
   * Runs `body` and records it as one operation. An error whose name is among the recorder's `errors` is an
   * outcome; both it and any other error are thrown on.
   *
   * @throws {RangeError} before `body` runs if the capacity is used up, or the name or argument is not one that can be
   * recorded: an argument is a number other than `NaN`, or undefined. After it, if the result is none: a number or
   * undefined.
   */
  call<Result>(name: string, argument: number | undefined, body: () => Result): Result {
    const { index, first, capacity, operations, errors } = this.#place;
    const operation = operations.indexOf(name);
    if (operation < 0)
      throw new RangeError(`'${name}' is none of the recorded operations (${operations.join(', ')})`);
    if (this.#count >= capacity)
      throw new RangeError(`Thread ${index} has recorded all of its ${capacity} operations`);
    // NaN is how the cell of an argument says that there is none.
    if (argument !== undefined && (typeof argument !== 'number' || Number.isNaN(argument)))
      throw new RangeError(
        `An argument is a number other than NaN, or undefined, not ${withType(argument)}; ` +
          'record a number that stands for it',
      );
    const cells = this.#cells;
    const at = first + this.#count * cellsPerRecord;
    cells[at] = operation;
    cells[at + 1] = argument ?? Number.NaN;
    cells[at + 4] = pending;
    cells[at + 2] = Atomics.add(this.#words, 0, 1);
    // Publishes the start: should the thread die from here on, the record counts as begun.
    Atomics.store(this.#words, 2 + index * 2, ++this.#count);
    let result: Result;
    try {
      result = body();
    } catch (error) {
      cells[at + 3] = Atomics.add(this.#words, 0, 1);
      const known = errors.indexOf(errorNameOf(error) ?? '');
      if (known >= 0) cells[at + 4] = firstError + known;
      throw error;
    }
    cells[at + 3] = Atomics.add(this.#words, 0, 1);
    if (result === undefined) cells[at + 4] = returnedNothing;
    else if (typeof result === 'number') {
      cells[at + 5] = result;
      cells[at + 4] = returned;
    } else throw new RangeError(`A result is a number or undefined, not ${withType(result)}`);
    return result;
  }
}
