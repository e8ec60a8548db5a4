import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { messageOf } from './describe-value.ts';
import { registerErrorClass } from './error-classes.ts';
import { domExceptionTexts, isError } from './is-error.ts';

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const fails = (): never => {
  throw new RangeError('no look');
};

describe('isError', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ['an error', new RangeError('x')],
    ['one of another realm', runInNewContext('new TypeError("x")')],
    ['one that calls itself something else', Object.assign(new Error('x'), { [Symbol.toStringTag]: 'Mine' })],
    ['a proxy of one that tells nothing else', new Proxy(new Error('x'), { get: fails })],
    ['a DOMException', new DOMException('x')],
    ['the reason of a signal', AbortSignal.abort().reason],
  ])('is true for %s', (_, value) => {
    expect(isError(value)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'Error: x'],
    ['an object that looks like one', { name: 'Error', message: 'x', stack: 'Error: x' }],
    ['one that calls itself an error', { [Symbol.toStringTag]: 'Error' }],
    ['one that calls itself a DOMException', { [Symbol.toStringTag]: 'DOMException' }],
    ['a proxy that tells nothing', new Proxy({}, { get: fails })],
    ['a revoked proxy', revoked()],
  ])('is false for %s', (_, value) => {
    expect(isError(value)).toBe(false);
  });

  it('is true for a DOMException where its class extends the Error of another realm', () => {
    // As in a `vm` context: DOMException is Node's there, Error is not.
    vi.stubGlobal('Error', runInNewContext('Error'));
    const { reason } = AbortSignal.abort();
    expect(reason instanceof Error).toBe(false);
    expect(isError(reason)).toBe(true);
    expect(messageOf(reason)).toBe('This operation was aborted');
    class Withdrawn extends DOMException {}
    expect(() => registerErrorClass(Withdrawn)).not.toThrow();
    // As platforms have it since 2025.
    class QuotaExceededError extends DOMException {}
    Object.defineProperty(QuotaExceededError.prototype, Symbol.toStringTag, { value: 'QuotaExceededError' });
    expect(isError(new QuotaExceededError('too much'))).toBe(true);
  });
});

it('domExceptionTexts shows what a DOMException was made with', () => {
  const error = Object.defineProperty(new DOMException('why', 'AbortError'), 'name', { value: 'Mine' });
  expect(domExceptionTexts(error)).toEqual(['AbortError', 'why']);
  expect(domExceptionTexts(new Error('why'))).toBeUndefined();
});
