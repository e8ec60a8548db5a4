/**
 * Threads alone, for a module that needs nothing else of this package. Every thread loads that module anew, and what
 * it does not load it has not to wait for: this is a quarter of the package.
 *
 * @packageDocumentation
 */
export { registerErrorClass } from '@pkg/sync/kernel';
export {
  ThreadAlreadyStarted,
  ThreadCannotJoin,
  ThreadFieldError,
  ThreadLoadError,
  ThreadNotExported,
  ThreadNotStarted,
  ThreadRunMissing,
  ThreadStartError,
  ThreadStartedWhileLoading,
  ThreadUrlError,
} from './thread/errors.ts';
export type { ThreadOptions } from './thread/thread-options.ts';
export { WorkerDiedError } from './thread/worker-died-error.ts';
export { Thread } from './thread.ts';
