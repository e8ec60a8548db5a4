import { scenario } from '@pkg/interleave';

/** Takes the lock in two steps, and so between the steps another thread may take it as well. */
function lockInTwoSteps(word: Int32Array): void {
  while (Atomics.load(word, 0) !== 0);
  Atomics.store(word, 0, 1);
}

/** Takes the lock in one step. */
function lockInOneStep(word: Int32Array): void {
  while (Atomics.compareExchange(word, 0, 0, 1) !== 0);
}

/** Two threads that count under the lock, in plain memory. */
const counting = (name: string, lock: (word: Int32Array) => void) =>
  scenario({
    name,
    setup: () => ({
      lock: new Int32Array(new SharedArrayBuffer(4)),
      count: new Int32Array(new SharedArrayBuffer(4)),
    }),
    threads: [0, 1].map(() => (shared: { lock: Int32Array; count: Int32Array }) => {
      lock(shared.lock);
      shared.count[0] = (shared.count[0] as number) + 1;
      Atomics.store(shared.lock, 0, 0);
    }),
    check: ({ context }) => context.count[0] === 2,
  });

/** Fails: both threads can be inside. */
export const brokenSpinlock = counting('a broken spinlock', lockInTwoSteps);

/** Passes. */
export const spinlock = counting('a spinlock', lockInOneStep);
