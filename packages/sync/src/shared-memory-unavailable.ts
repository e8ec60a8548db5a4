import { registerErrorClass } from './error-classes.ts';

/** Thrown by whatever needs shared memory in a page that has none. */
export class SharedMemoryUnavailable extends Error {
  readonly code = 'SYNC_SHARED_MEMORY_UNAVAILABLE';
  override readonly name = 'SharedMemoryUnavailable';

  constructor() {
    super(
      `this thread has no shared memory: SharedArrayBuffer is ${typeof SharedArrayBuffer}. A page has it when it is ` +
        'cross-origin isolated: serve the page, and the modules of its workers, with the headers ' +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    );
  }
}
registerErrorClass(SharedMemoryUnavailable);
