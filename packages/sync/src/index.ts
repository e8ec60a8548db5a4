export { BlockingForbidden } from './blocking-forbidden.ts';
export { canBlock } from './can-block.ts';
export { LockTimeout } from './lock-timeout.ts';
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
export { type SupervisedWorker, type Supervision, supervise } from './supervise.ts';
export type { AsyncWaitOptions, WaitOptions } from './timeout.ts';
