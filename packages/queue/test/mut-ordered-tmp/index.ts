export type { BlockingQueue, QueueStats } from './blocking-queue.ts';
export type { Codec, CodecName } from './codec/codec.ts';
export { QueueCodecError } from './codec/queue-codec-error.ts';
export { QueueEmpty, QueueFull, QueueShutDown, QueueTimeout } from './errors.ts';
export { LifoQueue } from './lifo-queue.ts';
export {
  PriorityQueue,
  type PriorityQueueHandle,
  type PriorityQueueOptions,
} from './priority-queue.ts';
export { Queue } from './queue.ts';
export type { QueueOptions, TaskQueueOptions } from './queue-options.ts';
export type { QueueHandle } from './queue-origin.ts';
export { SimpleQueue } from './simple-queue.ts';
