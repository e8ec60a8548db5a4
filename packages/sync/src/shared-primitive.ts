import { attach, type Recoverable } from './attached-objects.ts';
import { currentThread } from './current-thread.ts';
import { describeValue } from './describe-value.ts';
import { isSharedArrayBuffer } from './is-shared-array-buffer.ts';
import { HANDLE, KIND, type SharedHandle, type SharedObject } from './shared-object.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { ThreadTable } from './thread-table.ts';

/** What stands for a primitive on its way to another thread: structured-cloneable, to be given to `from`. */
export interface PrimitiveHandle extends SharedHandle {
  /** The primitive's state. */
  readonly memory: SharedArrayBuffer;
  /** The roll of threads that its owners are named in. */
  readonly threads: SharedArrayBuffer;
}

/** Who looks at which memory. Scenarios and tests choose; users get the calling thread and new memory. */
export interface Placement {
  readonly identity: ThreadIdentity;
  /** The memory to attach to. None makes a new object. */
  readonly memory?: SharedArrayBuffer | undefined;
  /** Whether the calling thread recovers the object by itself when a thread dies. Default false. */
  readonly attach?: boolean;
  /** How often a blocking verb looks again before it sleeps. Default 0 here, and 40 for users. */
  readonly spins?: number;
}

/** About a microsecond: most locks are held for less, and to sleep and be woken takes ten times as long. */
export const SPINS = 40;

/** First word that a primitive may use for itself. The words before it are: 0 RECOVERED, 1 PARAMETER. */
export const FIRST_WORD = 16;
const RECOVERED = 0;
const PARAMETER = 1;

/**
 * What all primitives have in common: their place in shared memory, their handle, and the rule that what dead
 * threads left behind is cleared away once for each death.
 *
 * ```text
 *   word 0   RECOVERED   deaths of the thread table up to which this object has been recovered; written by
 *                        whoever has done so, last of all, so that a recovery cut short is done again
 *        1   PARAMETER   what the object was made with; written by its maker, before anybody else has it
 *       16 ..            the primitive's own
 * ```
 */
export abstract class SharedPrimitive implements Recoverable, SharedObject {
  readonly #kind: string;
  readonly #memory: SharedArrayBuffer;
  readonly #attach: boolean;
  protected readonly self: ThreadIdentity;
  protected readonly words: Int32Array;
  /** What the object was made with. */
  protected readonly parameter: number;

  /**
   * @param kind of the handle
   * @param words how many the primitive takes, the first 16 included
   * @param parameter kept in the memory for those who attach; ignored when attaching
   * @param placement by default, a new object seen by the calling thread
   */
  protected constructor(kind: string, words: number, parameter: number, placement: Placement | undefined) {
    this.#kind = kind;
    this.self = placement?.identity ?? currentThread();
    const { table } = this.self;
    const isNew = placement?.memory === undefined;
    this.#memory = placement?.memory ?? new SharedArrayBuffer(words * 4);
    this.words = new Int32Array(this.#memory);
    if (isNew) {
      Atomics.store(this.words, PARAMETER, parameter);
      // Nobody who is dead already can have held it.
      Atomics.store(this.words, RECOVERED, table.deaths);
    }
    this.parameter = Atomics.load(this.words, PARAMETER);
    this.#attach = placement === undefined || placement.attach === true;
    if (this.#attach) attach(table, this);
  }

  /**
   * Stands for this object on its way to another thread: pass it in `workerData` or `postMessage`, and give
   * it to the static `from` of the class there. Does not block.
   */
  get handle(): PrimitiveHandle {
    return { [KIND]: this.#kind, memory: this.#memory, threads: this.self.table.memory };
  }

  [HANDLE](): SharedHandle {
    return this.handle;
  }

  /** @internal Places a new object in the same table of threads, seen by the same thread. */
  get beside(): Placement {
    return { identity: this.self, attach: this.#attach };
  }

  /**
   * Gives back what threads that have died held in this object, and wakes those who wait in it. Called by
   * itself whenever a death is noticed. Callable on any thread, any number of times; cheap when nobody has
   * died. Blocks only for the object's own short critical section.
   */
  recover(): void {
    const deaths = this.self.table.deaths;
    if (Atomics.load(this.words, RECOVERED) === deaths) return;
    this.clearAfterDeaths();
    Atomics.store(this.words, RECOVERED, deaths);
  }

  /** Whether deaths have been recorded after which nobody has recovered this object yet. */
  protected get needsRecovery(): boolean {
    return Atomics.load(this.words, RECOVERED) !== this.self.table.deaths;
  }

  /** Gives back, and wakes. May be interrupted by a death at any point and is then done again. */
  protected abstract clearAfterDeaths(): void;
}

/**
 * Checks a handle of a primitive and says where it lies.
 *
 * @param handle as it arrived
 * @param kind that it must be of
 * @param of name of the class, for errors
 * @param words that its memory must have at least
 * @param identity who attaches; the calling thread when undefined
 * @throws TypeError when it is no such handle
 */
export function openHandle(
  handle: PrimitiveHandle,
  kind: string,
  of: string,
  words: number,
  identity: ThreadIdentity | undefined,
): Placement & { memory: SharedArrayBuffer } {
  const { [KIND]: found, memory, threads } = Object(handle) as Partial<PrimitiveHandle>;
  if (found !== kind || !isSharedArrayBuffer(memory) || !isSharedArrayBuffer(threads)) {
    throw new TypeError(
      `${of}.from() takes the handle of a ${of}, not ${describeHandle(handle, kind)}: pass ${lower(of)}.handle`,
    );
  }
  if (memory.byteLength < words * 4) {
    throw new TypeError(
      `this handle's memory of ${memory.byteLength} bytes is no ${of}: a ${of} takes ${words * 4} bytes`,
    );
  }
  if (identity !== undefined) return { identity, memory };
  return { identity: currentThread(new ThreadTable(threads)), memory, attach: true, spins: SPINS };
}

/** A handle that is none of `kind`, in words. */
function describeHandle(handle: unknown, kind: string): string {
  const { [KIND]: found, memory, threads } = Object(handle) as Partial<PrimitiveHandle>;
  if (found === undefined) return describeValue(handle);
  if (found !== kind) return `a handle of kind '${found}'`;
  return `a handle whose memory is ${describeValue(memory)} and whose threads are ${describeValue(threads)}`;
}

const lower = (name: string): string => name[0]!.toLowerCase() + name.slice(1);
