import { KIND } from '@pkg/sync';
import type { ThreadIdentity } from '@pkg/sync/kernel';
import type { Geometry } from './layout.ts';
import { LifoQueue } from './lifo-queue.ts';
import { PriorityQueue } from './priority-queue.ts';
import { Queue } from './queue.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';
import type { SharedQueue } from './shared-queue.ts';
import { SimpleQueue } from './simple-queue.ts';
import { TaskQueue } from './task-queue.ts';

/** The classes of the family, by name. */
export type KindName = 'Queue' | 'LifoQueue' | 'PriorityQueue' | 'SimpleQueue';

/** An item as the order of a queue sees it. */
export interface QueuedItem {
  readonly item: number;
  /** Its place in the order of insertion. */
  readonly number: number;
  /** How often it came back from a thread that died. */
  readonly returns: number;
}

/** What scenarios need to know of a class. */
export interface Kind {
  readonly name: KindName;
  readonly geometry: Geometry;
  /** Whether it has a bound, `taskDone`, `join`, `shutdown` and redelivery. */
  readonly tracksTasks: boolean;
  /** Pages that an empty queue may keep. */
  readonly idlePages: number;
  /** Whether what a shutdown discards stays in memory until the queue goes. */
  readonly keepsDiscarded: boolean;
  create(origin: QueueOrigin<number>): SharedQueue<number>;
  /** Negative when `a` leaves before `b`. */
  compare(a: QueuedItem, b: QueuedItem): number;
}

/** So small that a segment holds a few integers: the ends meet, segments are sealed, taken back and used anew. */
const SEGMENTS: Geometry = { pageWords: 16, maxPages: 12, rows: 8 };

/**
 * So small that every second item of a `LifoQueue` and every item of a `PriorityQueue` needs another page: memory
 * grows, is given back and used anew.
 */
const BLOCKS: Geometry = { pageWords: 32, maxPages: 24, rows: 8 };

/** Neither the order of insertion nor its opposite, and with ties: items 1, 2, 3 and 11, 12, 13 have 1, 0, 1 each. */
const priorityOf = (item: number): number => Math.abs((item % 10) - 2);

const oldestFirst = (a: QueuedItem, b: QueuedItem): number => a.number - b.number;
const returnedFirst = (a: QueuedItem, b: QueuedItem): number => Number(b.returns > 0) - Number(a.returns > 0);

/** Every class of the family. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  Queue: {
    name: 'Queue',
    geometry: SEGMENTS,
    tracksTasks: true,
    idlePages: 2,
    keepsDiscarded: true,
    create: (origin) => new Queue<number>(origin),
    compare: (a, b) => returnedFirst(a, b) || oldestFirst(a, b),
  },
  LifoQueue: {
    name: 'LifoQueue',
    geometry: BLOCKS,
    tracksTasks: true,
    idlePages: 0,
    keepsDiscarded: false,
    create: (origin) => new LifoQueue<number>(origin),
    compare: (a, b) => returnedFirst(a, b) || oldestFirst(b, a),
  },
  PriorityQueue: {
    name: 'PriorityQueue',
    geometry: BLOCKS,
    tracksTasks: true,
    idlePages: 0,
    keepsDiscarded: false,
    create: (origin) => new PriorityQueue<number>(origin, { priority: priorityOf }),
    compare: (a, b) => priorityOf(a.item) - priorityOf(b.item) || oldestFirst(a, b),
  },
  SimpleQueue: {
    name: 'SimpleQueue',
    geometry: { ...SEGMENTS, rows: 0 },
    tracksTasks: false,
    idlePages: 2,
    keepsDiscarded: true,
    create: (origin) => new SimpleQueue<number>(origin),
    compare: oldestFirst,
  },
};

/** Where the memory of a scenario's queue is. */
export interface QueueMemory {
  readonly memory: SharedArrayBuffer;
  readonly threads: SharedArrayBuffer;
  readonly codec: string;
}

/** The queue in that memory, as the thread `identity` sees it. */
export function attachQueue(kind: Kind, memory: QueueMemory, identity: ThreadIdentity): SharedQueue<number> {
  const name = `@pkg/queue.${kind.name}`;
  const handle = { ...memory, [KIND]: name } as unknown as QueueHandle<number>;
  return kind.create(QueueOrigin.attach(handle, name, {}, { identity, spins: 0 }));
}

/** The same as a queue that tracks tasks. */
export function taskQueue(queue: SharedQueue<number>): TaskQueue<number> {
  if (queue instanceof TaskQueue) return queue;
  throw new TypeError(
    'a SimpleQueue tracks no tasks: leave taskDone, join and shutdown out of its scenarios',
  );
}
