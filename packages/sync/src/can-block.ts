let answer: boolean | undefined;

/**
 * Whether the calling thread may block in `Atomics.wait`: false on a browser's main thread, true in workers
 * and in Node. Callable anywhere; does not block.
 */
export function canBlock(): boolean {
  if (answer === undefined) {
    try {
      // The word differs from the expected value, so this returns at once where it is allowed at all.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
      answer = true;
    } catch {
      answer = false;
    }
  }
  return answer;
}
