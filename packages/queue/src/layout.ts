/**
 * The shared memory of a queue, drawn once. Words are 32 bits; a line is a cache line of 16 words. Words that
 * different sides write lie on different lines.
 *
 * ```text
 *   line 0   written at creation, by shutdown and by a change of the bound; read by all
 *            MAGIC  PAGE_WORDS  MAX_PAGES  ROWS  TRACKING  MAX_DELIVERIES  FLAGS  LIMIT_PAGES
 *            MAXSIZE         written under both locks
 *   line 1   put side: under PUT_LOCK
 *            PUT_LOCK  TAIL  TAIL_LIMIT  TAIL_SEGMENT  OLDEST_SEGMENT  KNOWN_GETS  PAGE_HINT  HIGH_WATER
 *            PAGES_IN_USE
 *   line 2   PUTS            written by the put side, read by the get side: commits a put
 *   line 3   get side: under GET_LOCK
 *            GET_LOCK  HEAD  HEAD_LIMIT  KNOWN_PUTS  RETURNED_FIRST  RETURNED_LAST  TAKES
 *   line 4   GETS            written by the get side, read by the put side: commits a get
 *            HEAD_SEGMENT    likewise: what lies before it is no longer read
 *            RETURNED        likewise: how many items wait to be delivered again
 *   line 5   NOT_EMPTY       event count; getters wait
 *   line 6   NOT_FULL        event count; putters wait for a place
 *   line 7   ALL_DONE        event count; joiners wait
 *            MEMORY_FREED    event count; putters wait for memory
 *   line 8   get side: SETTLED  ABANDONED    under GET_LOCK; joiners read
 *            RECOVERED_DEATHS   the table's deaths up to which this queue is recovered
 *            PUT_WAITS  GET_WAITS
 *   line 9   SLABS           LIFO and priority: for each size of block, the pages that have room
 *   line 12  pages in use, a bit each: put side
 *   then     rows, one per thread slot: { id, count, first lease, last lease }: get side
 *   then     pages
 * ```
 *
 * LIFO and priority queues have one lock, GET_LOCK, for both sides, and use line 3 as follows:
 *
 * ```text
 *            GET_LOCK  FIRST_RUN  REACH  EPOCH  STACK_TOP  HEAP_ROOT  TAKES  SORT_ROOT  LEASE_ROOT
 * ```
 *
 * What is true is in few words, each committed by one atomic store: PUTS, GETS, SETTLED, ABANDONED, FLAGS,
 * the chain of segments and, with redelivery, the state word of each record (LIFO and priority: PUTS, FLAGS, the
 * chain of runs and the state word of each block). Everything else (TAIL, HEAD,
 * the page bits, the rows and their lists, the KNOWN copies) is derived from them and can be derived again
 * after a death in the middle of an operation.
 *
 * Counters count modulo 2^32; only their differences are used.
 *
 * @packageDocumentation
 */

export const MAGIC = 0;
export const PAGE_WORDS = 1;
export const MAX_PAGES = 2;
export const ROWS = 3;
export const TRACKING = 4;
export const MAX_DELIVERIES = 5;
export const FLAGS = 6;
export const LIMIT_PAGES = 7;
export const MAXSIZE = 8;

export const PUT_LOCK = 16;
export const TAIL = 17;
export const TAIL_LIMIT = 18;
export const TAIL_SEGMENT = 19;
export const OLDEST_SEGMENT = 20;
export const KNOWN_GETS = 21;
export const PAGE_HINT = 22;
export const HIGH_WATER = 23;
export const PAGES_IN_USE = 24;

export const PUTS = 32;

export const GET_LOCK = 48;
export const HEAD = 49;
export const HEAD_LIMIT = 50;
export const KNOWN_PUTS = 51;
export const RETURNED_FIRST = 52;
export const RETURNED_LAST = 53;
export const TAKES = 54;

export const GETS = 64;
export const HEAD_SEGMENT = 65;
export const RETURNED = 66;

export const NOT_EMPTY = 80;
export const NOT_FULL = 96;
export const ALL_DONE = 112;
export const MEMORY_FREED = 114;

export const SETTLED = 128;
export const ABANDONED = 129;
export const RECOVERED_DEATHS = 130;
export const PUT_WAITS = 131;
export const GET_WAITS = 132;

export const SLABS = 144;
/** Sizes of blocks there may be. */
export const SLAB_CLASSES = 48;
export const PAGE_BITS = SLABS + SLAB_CLASSES;

/** Line 3 of a LIFO or priority queue; see `ordered/`. */
export const FIRST_RUN = 49;
export const REACH = 50;
export const EPOCH = 51;
export const STACK_TOP = 52;
export const HEAP_ROOT = 53;
export const SORT_ROOT = 55;
export const LEASE_ROOT = 56;

/** Value of MAGIC. */
export const QUEUE_MAGIC = 0x51_55_45_55;

/** Bits of FLAGS. One store of FLAGS is the whole of a shutdown. */
export const SHUT_DOWN = 1;
/** Items that were queued at the shutdown do not exist any more. */
export const DISCARDED = 2;

/** Values of TRACKING: what the queue knows of items that were taken and are not done. */
export const TRACK_NOTHING = 0;
export const TRACK_COUNTS = 1;
export const TRACK_LEASES = 2;

/** A row of the table of holders. */
export const ROW_WORDS = 4;
export const ROW_ID = 0;
export const ROW_COUNT = 1;
export const ROW_FIRST = 2;
export const ROW_LAST = 3;

/** Sizes that scenarios make small and users leave alone. */
export interface Geometry {
  /** Words in a page, a power of two from 32 to 32768. */
  readonly pageWords: number;
  /** Pages that runs can be placed in. */
  readonly maxPages: number;
  /** Thread slots that have a row. */
  readonly rows: number;
}

/**
 * Places for pages, per page that may be in use: wherever one run of up to all pages lies, another one of up to
 * all pages fits beside it.
 */
export const PLACES_PER_PAGE = 3;

/** First word of the rows. */
export const rowsStart = (geometry: Geometry): number =>
  PAGE_BITS + align(Math.ceil(geometry.maxPages / 32), 16);

/** Words before the first page. */
export const headerWords = (geometry: Geometry): number =>
  rowsStart(geometry) + align(geometry.rows * ROW_WORDS, 16);

const align = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Whether the queue of this header was shut down. */
export const isShutDown = (header: Int32Array): boolean => (Atomics.load(header, FLAGS) & SHUT_DOWN) !== 0;
