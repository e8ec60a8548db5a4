import { describeValue } from './describe-value.ts';

/**
 * Checks what is to call a wait off.
 *
 * @throws TypeError when it is neither an AbortSignal nor left out
 */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  // One of another realm, or of a library's own.
  const { aborted, addEventListener, removeEventListener } = Object(signal) as Partial<AbortSignal>;
  // Both, since a wait that is over takes its listener away.
  const isListenedTo = [addEventListener, removeEventListener].every((own) => typeof own === 'function');
  if (typeof aborted === 'boolean' && isListenedTo) return;
  throw new TypeError(`options.signal must be an AbortSignal, not ${describeValue(signal)}`);
}

/**
 * For a verb that has not begun.
 *
 * @throws the signal's reason when it is aborted, TypeError when it is no signal
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  checkSignal(signal);
  if (signal?.aborted) throw signal.reason;
}
