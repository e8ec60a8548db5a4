import { realTime } from './real-time.ts';

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
  timeout: number,
) => { async: false; value: string } | { async: true; value: Promise<'ok' | 'timed-out'> };

/** Whether the engine has `Atomics.waitAsync`. */
export const hasWaitAsync = (): boolean =>
  typeof (Atomics as unknown as { waitAsync?: WaitAsync }).waitAsync === 'function';

/**
 * `Atomics.waitAsync` where the engine has it, else a look now and then: the sleep as a promise, or undefined
 * when the word differs from `value` already. By itself it does not keep Node's event loop alive.
 */
export function waitAsync(
  words: Int32Array,
  index: number,
  value: number,
  timeout: number,
): Promise<'ok' | 'timed-out'> | undefined {
  const native = (Atomics as unknown as { waitAsync?: WaitAsync }).waitAsync;
  if (native === undefined) return poll(words, index, value, timeout);
  const wait = native.call(Atomics, words, index, value, timeout);
  return wait.async ? wait.value : undefined;
}

/** Longest pause between two looks where the engine has no `Atomics.waitAsync`, in milliseconds. */
const LONGEST_PAUSE = 16;

/** For engines without `Atomics.waitAsync` (Firefox before 145): looks again with growing pauses. */
function poll(
  words: Int32Array,
  index: number,
  value: number,
  timeout: number,
): Promise<'ok' | 'timed-out'> | undefined {
  if (Atomics.load(words, index) !== value) return undefined;
  const end = realTime.now() + timeout;
  return new Promise((resolve) => {
    let pause = 0;
    const look = () => {
      if (Atomics.load(words, index) !== value) resolve('ok');
      else if (realTime.now() >= end) resolve('timed-out');
      else {
        pause = Math.min(LONGEST_PAUSE, pause * 2 + 1);
        realTime.setTimeout(look, pause);
      }
    };
    look();
  });
}
