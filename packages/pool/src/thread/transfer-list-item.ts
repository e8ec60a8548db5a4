import type { WorkerOptions } from 'node:worker_threads';

/**
 * What can be moved to another thread instead of copied, such as a `MessagePort` or an `ArrayBuffer`: whatever the
 * `transferList` of Node's `Worker` takes. Taken from there, as it goes by different names in Node's types: of 20 to 25
 * `TransferListItem`, of 26 `Transferable`.
 */
export type TransferListItem = NonNullable<WorkerOptions['transferList']>[number];
