import { types } from '../builtins.ts';

const { isMarkedAsUntransferable } = process.getBuiltinModule('node:worker_threads') as {
  /** From Node 21 on. Before, what is marked is copied where it should be moved. */
  isMarkedAsUntransferable?: (value: object) => boolean;
};

/**
 * Whether bytes cannot be moved to another thread: those of shared memory, which all threads have, and of a buffer that is
 * marked as untransferable, as is the one in which Node keeps its small `Buffer`s.
 */
export function isPinned(value: unknown): boolean {
  if (types.isSharedArrayBuffer(value)) return true;
  return types.isArrayBuffer(value) && isMarkedAsUntransferable?.(value) === true;
}
