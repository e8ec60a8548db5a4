import { registerErrorClass } from './error-classes.ts';

/** Thrown by `wait` when the barrier is broken, or is broken or reset while the thread waits. */
export class BrokenBarrierError extends Error {
  readonly code = 'SYNC_BARRIER_BROKEN';
  override readonly name = 'BrokenBarrierError';

  /** @param timeout the timeout that ran out, in milliseconds; undefined when another thread broke the barrier */
  constructor(timeout?: number) {
    super(
      timeout === undefined
        ? 'the barrier is broken: a thread that waited gave up or died, or abort() or reset() was called. ' +
            'Call reset() to use it again'
        : `not all parties came to the barrier within ${timeout} ms, and it is broken now: call reset() to use it again`,
    );
  }
}
registerErrorClass(BrokenBarrierError);
