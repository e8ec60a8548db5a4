import { LifoQueue, PriorityQueue, Queue, type QueueOptions, SimpleQueue } from '@pkg/queue';

/** Each class of queues, with items of any kind: where there are priorities, all have the same. */
export const KINDS = {
  Queue: (maxsize?: number, options?: QueueOptions<unknown>) => new Queue<unknown>(maxsize, options),
  LifoQueue: (maxsize?: number, options?: QueueOptions<unknown>) => new LifoQueue<unknown>(maxsize, options),
  PriorityQueue: (maxsize?: number, options?: QueueOptions<unknown>) =>
    new PriorityQueue<unknown>(maxsize, { ...options, priority: () => 1 }),
  SimpleQueue: (_maxsize?: number, options?: QueueOptions<unknown>) => new SimpleQueue<unknown>(options),
};

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];
