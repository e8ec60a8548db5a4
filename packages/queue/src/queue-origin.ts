import { KIND, type SharedHandle } from '@pkg/sync';
import {
  checkFlag,
  checkInteger,
  checkOptions,
  currentThread,
  describeValue,
  isSharedArrayBuffer,
  MAX_THREADS,
  type ThreadIdentity,
  ThreadTable,
} from '@pkg/sync/kernel';
import type { Codec, CodecName } from './codec/codec.ts';
import type { ItemCodec } from './codec/item-codec.ts';
import { resolveCodec } from './codec/resolve-codec.ts';
import {
  type Geometry,
  headerWords,
  LIMIT_PAGES,
  MAGIC,
  MAX_DELIVERIES,
  MAX_PAGES,
  MAXSIZE,
  PAGE_BITS,
  PAGE_WORDS,
  PLACES_PER_PAGE,
  QUEUE_MAGIC,
  RECOVERED_DEATHS,
  ROWS,
  TRACK_COUNTS,
  TRACK_LEASES,
  TRACK_NOTHING,
  TRACKING,
} from './layout.ts';
import { Pages } from './pages.ts';
import type { TaskQueueOptions } from './queue-options.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE_BYTES = 32 * KIB;
const DEFAULT_MAX_BYTES = 512 * MIB;
const LARGEST_MAX_BYTES = 2048 * MIB;
const DEFAULT_MAX_DELIVERIES = 3;
const MOST_ITEMS = 2 ** 31 - 1;

/**
 * What stands for a queue on its way to another thread. It has the class of this package that the queue is of, and not
 * a user's class that extends it: see `handle`.
 */
export interface QueueHandle<T> extends SharedHandle {
  readonly memory: SharedArrayBuffer;
  readonly threads: SharedArrayBuffer;
  readonly codec: string;
  /** Never present: carries the type of the items from `handle` to `from`. */
  readonly items?: T;
}

/** Sizes and identity that scenarios and tests choose, and users do not. */
export interface OriginOverrides {
  readonly geometry?: Geometry;
  readonly identity?: ThreadIdentity;
  /** See `OwnerLock`; also how often a waiting verb looks again before it sleeps. */
  readonly spins?: number;
}

/** The memory of a queue, new or attached to, and who acts on it. */
export class QueueOrigin<T> {
  readonly pages: Pages;
  readonly codec: ItemCodec<T>;
  readonly self: ThreadIdentity;
  readonly spins: number | undefined;
  /** Whether the memory is new and empty. */
  readonly isNew: boolean;
  /** Whether a scenario acts here, as a thread of its own making that nobody supervises. */
  readonly isModel: boolean;

  private constructor(
    memory: SharedArrayBuffer,
    codec: ItemCodec<T>,
    self: ThreadIdentity,
    spins: number | undefined,
    isNew: boolean,
    isModel: boolean,
  ) {
    this.pages = new Pages(memory);
    this.codec = codec;
    this.self = self;
    this.spins = spins;
    this.isNew = isNew;
    this.isModel = isModel;
  }

  /**
   * Makes memory for a new queue. `tracksTasks` is false for queues without `taskDone`.
   *
   * @throws TypeError or RangeError for a bad `maxsize` or option
   */
  static create<T>(
    maxsize: number,
    options: TaskQueueOptions<T>,
    tracksTasks: boolean,
    overrides: OriginOverrides = {},
  ): QueueOrigin<T> {
    const bound = validMaxsize(maxsize);
    checkOptions(options, '{ maxBytes: 1048576 }');
    const redelivers = checkFlag('redeliver', options.redeliver);
    const { maxBytes = DEFAULT_MAX_BYTES, maxDeliveries = DEFAULT_MAX_DELIVERIES } = options;
    checkInteger('options.maxBytes', maxBytes, 1, LARGEST_MAX_BYTES);
    checkInteger('options.maxDeliveries', maxDeliveries, 1, 2 ** 31 - 1);
    const codec = namedCodec<T>(options.codec);
    const pageWords = overrides.geometry?.pageWords ?? PAGE_BYTES / 4;
    const limitPages = Math.ceil(maxBytes / (pageWords * 4));
    const geometry = overrides.geometry ?? {
      pageWords,
      maxPages: limitPages * PLACES_PER_PAGE,
      rows: tracksTasks ? MAX_THREADS : 0,
    };
    const self = overrides.identity ?? currentThread();
    const words = new Int32Array(allocate(geometry));
    words[MAGIC] = QUEUE_MAGIC;
    words[PAGE_WORDS] = geometry.pageWords;
    words[MAX_PAGES] = geometry.maxPages;
    words[LIMIT_PAGES] = Math.min(limitPages, Math.max(1, Math.floor(geometry.maxPages / PLACES_PER_PAGE)));
    words[ROWS] = geometry.rows;
    words[TRACKING] = !tracksTasks ? TRACK_NOTHING : redelivers ? TRACK_LEASES : TRACK_COUNTS;
    words[MAX_DELIVERIES] = maxDeliveries;
    words[MAXSIZE] = bound;
    words[RECOVERED_DEATHS] = self.table.deaths;
    return new QueueOrigin(
      words.buffer as SharedArrayBuffer,
      codec,
      self,
      overrides.spins,
      true,
      overrides.identity !== undefined,
    );
  }

  /**
   * Attaches to the memory behind a handle of kind `kind`.
   *
   * @throws TypeError when `handle` is none of that kind, its parts are not what they should be, or `options` are bad
   */
  static attach<T>(
    handle: QueueHandle<T>,
    kind: string,
    options: { codec?: CodecName | Codec<T> | undefined } = {},
    overrides: OriginOverrides = {},
  ): QueueOrigin<T> {
    if (typeof handle !== 'object' || handle === null || handle[KIND] !== kind) {
      const got = (handle as Partial<QueueHandle<T>> | null)?.[KIND] ?? describeValue(handle);
      throw new TypeError(`from() takes the handle of a '${kind}', not ${got}: pass the queue's own .handle`);
    }
    checkOptions(options, '{ codec }');
    // A scenario's memory is its own, and each access to it counts there.
    if (overrides.identity === undefined) checkParts(handle, kind);
    const codec = resolveHandleCodec(handle, options.codec);
    const self = overrides.identity ?? currentThread(new ThreadTable(handle.threads));
    return new QueueOrigin(
      handle.memory,
      codec,
      self,
      overrides.spins,
      false,
      overrides.identity !== undefined,
    );
  }
}

/** The bound as CPython understands it: zero and less is no bound, which is stored as 0. */
export function validMaxsize(maxsize: number): number {
  if (typeof maxsize !== 'number' || Number.isNaN(maxsize)) {
    throw new TypeError(`maxsize must be a number of items, 0 for no bound, not ${describeValue(maxsize)}`);
  }
  if (maxsize <= 0 || maxsize === Infinity) return 0;
  if (!Number.isInteger(maxsize) || maxsize > MOST_ITEMS) {
    throw new RangeError(
      `maxsize must be a whole number of items up to ${MOST_ITEMS}, 0 for no bound, not ${maxsize}`,
    );
  }
  return maxsize;
}

/** Checks a handle that looks like one: it may have been put together by hand, or lost something on its way. */
function checkParts(handle: QueueHandle<unknown>, kind: string): void {
  const { memory, threads, codec } = handle;
  const refuse = (part: string, rule: string, value: string): TypeError =>
    new TypeError(
      `the ${part} of a '${kind}' handle must be ${rule}, not ${value}: pass the queue's own .handle`,
    );
  if (!isSharedArrayBuffer(memory))
    throw refuse('memory', "a queue's SharedArrayBuffer", describeValue(memory));
  if (memory.byteLength < PAGE_BITS * 4 || new Int32Array(memory, 0, 1)[MAGIC] !== QUEUE_MAGIC) {
    throw refuse('memory', 'that of a queue', `any other SharedArrayBuffer, of ${memory.byteLength} bytes`);
  }
  if (!isSharedArrayBuffer(threads)) {
    throw refuse('threads', 'the SharedArrayBuffer of a table of threads', describeValue(threads));
  }
  if (typeof codec !== 'string') throw refuse('codec', 'the name of a codec', describeValue(codec));
}

/** A codec by the name that handles carry. A user's own is marked, so that it is never taken for a built-in one. */
function namedCodec<T>(option: CodecName | Codec<T> | undefined): ItemCodec<T> {
  const codec = resolveCodec<T>(option);
  return typeof option === 'object' ? { ...codec, name: `user:${codec.name}` } : codec;
}

function resolveHandleCodec<T>(
  handle: QueueHandle<T>,
  given: CodecName | Codec<T> | undefined,
): ItemCodec<T> {
  if (given === undefined && handle.codec.startsWith('user:')) {
    throw new TypeError(
      `this queue has a codec of its user's, '${handle.codec.slice(5)}': pass it to from(handle, { codec }) as well`,
    );
  }
  const codec = namedCodec<T>(given === undefined ? (handle.codec as CodecName) : given);
  if (codec.name !== handle.codec) {
    throw new TypeError(
      `this queue's codec is '${handle.codec}', not '${codec.name}': all threads must use the same`,
    );
  }
  return codec;
}

/** Memory with room for one page, which grows up to all of them where the engine can let it grow. */
function allocate(geometry: Geometry): SharedArrayBuffer {
  const first = (headerWords(geometry) + geometry.pageWords) * 4;
  const most = (headerWords(geometry) + geometry.maxPages * geometry.pageWords) * 4;
  const Growable = SharedArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => SharedArrayBuffer;
  return new Growable(first, { maxByteLength: most });
}
