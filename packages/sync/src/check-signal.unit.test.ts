import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { checkSignal } from './check-signal.ts';
import { Event } from './event.ts';

const bothListeners = { addEventListener() {}, removeEventListener() {} };

describe('what calls a wait off', () => {
  it.each<[unknown]>([
    [undefined],
    [new AbortController().signal],
    [{ aborted: false, ...bothListeners }],
    [runInNewContext('Object.assign({}, signal)', { signal: { aborted: false, ...bothListeners } })],
  ])('may be a signal of whatever realm or library, or left out: %o', (signal) => {
    expect(() => checkSignal(signal)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [null, 'null'],
    [5, 'the number 5'],
    [new AbortController(), 'an AbortController'],
    [bothListeners, 'an Object'],
    [{ aborted: 'no', ...bothListeners }, 'an Object'],
    [{ aborted: false, addEventListener() {} }, 'an Object'],
    [{ aborted: false, removeEventListener() {} }, 'an Object'],
  ])('is refused where a wait could not listen to it, or not stop to: %o', async (signal, shown) => {
    const error = new TypeError(`options.signal must be an AbortSignal, not ${shown}`);
    expect(() => checkSignal(signal)).toThrow(error);
    await expect(new Event().waitAsync({ signal: signal as never, timeout: 1 })).rejects.toThrow(error);
  });
});
