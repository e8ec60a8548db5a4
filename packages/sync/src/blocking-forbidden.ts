import { registerErrorClass } from './error-classes.ts';

/** Thrown by a blocking verb on a thread that must not block, such as a browser's main thread. */
export class BlockingForbidden extends Error {
  readonly code = 'SYNC_BLOCKING_FORBIDDEN';
  override readonly name = 'BlockingForbidden';

  constructor(verb: string) {
    super(`${verb}() would block this thread, which is forbidden here: await ${verb}Async() instead`);
  }
}
registerErrorClass(BlockingForbidden);
