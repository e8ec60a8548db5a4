import { realTime } from '@pkg/sync/kernel';

let watching = false;

/**
 * Lets the main thread print what its daemon threads have printed before it ended: their output arrives as
 * events, and a process with nothing else to do would not take another turn for these. Does not block.
 */
export function keepLastOutput(): void {
  if (watching) return;
  watching = true;
  process.once('beforeExit', () => {
    watching = false;
    realTime.setImmediate(() => {});
  });
}
