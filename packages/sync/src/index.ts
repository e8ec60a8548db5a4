export { Barrier } from './barrier.ts';
export { BlockingForbidden } from './blocking-forbidden.ts';
export { BrokenBarrierError } from './broken-barrier-error.ts';
export { canBlock } from './can-block.ts';
export { Condition, type ConditionHandle, type ConditionOptions } from './condition.ts';
export { DeadlockError } from './deadlock-error.ts';
export { Event } from './event.ts';
export { LockNotHeld } from './lock-not-held.ts';
export { LockTimeout } from './lock-timeout.ts';
export { Mutex } from './mutex.ts';
export type { MutexGuard } from './mutex-guard.ts';
export { Semaphore, type SemaphoreOptions } from './semaphore.ts';
export { SharedMemoryUnavailable } from './shared-memory-unavailable.ts';
export {
  FROM,
  HANDLE,
  isSharedHandle,
  isSharedObject,
  KIND,
  registerSharedClass,
  revive,
  type SharedClass,
  type SharedHandle,
  type SharedObject,
} from './shared-object.ts';
export type { PrimitiveHandle } from './shared-primitive.ts';
export { type SupervisedWorker, type Supervision, supervise } from './supervise.ts';
export type { AsyncWaitOptions, WaitOptions } from './timeout.ts';
