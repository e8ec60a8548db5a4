import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decode, encode, roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { MAX_DEPTH } from './format.ts';
import { QuotaExceededError } from './quota-exceeded.fixture.ts';
import { difference } from './same-item.fixture.ts';

const travel = <T>(value: T): T => roundTrip(anyCodec, value) as T;

class HttpError extends RangeError {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

describe('errors in an item', () => {
  it.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])('%o', (Class) => {
    const error = new Class('why', { cause: { deeper: new Error('first') } });
    expect(difference(error, travel(error))).toBeUndefined();
    expect(travel(error)).toBeInstanceOf(Class);
    expect(travel(error).stack).toBe(error.stack);
    expect(Object.hasOwn(travel(new Class()), 'message')).toBe(false);
  });

  it('AggregateError with its errors, and without', () => {
    const error = new AggregateError([new TypeError('a'), 'b', undefined], 'many');
    expect(difference(error, travel(error))).toBeUndefined();
    delete (error as { errors?: unknown }).errors;
    expect(Object.hasOwn(travel(error), 'errors')).toBe(false);
  });

  it('SuppressedError with what it holds, and without; where the engine has none, by its name', () => {
    if (!('SuppressedError' in globalThis)) {
      class SuppressedError extends Error {}
      Object.defineProperty(SuppressedError.prototype, 'name', { value: 'SuppressedError' });
      const back = travel(Object.assign(new SuppressedError('both'), { error: 1 }));
      expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
      expect(back).toMatchObject({ name: 'SuppressedError', message: 'both', error: 1 });
      expect(Object.keys(back)).toEqual(['error']);
      return;
    }
    const error = new SuppressedError(new TypeError('a'), { b: 1 }, 'both');
    expect(difference(error, travel(error))).toBeUndefined();
    for (const key of ['error', 'suppressed']) delete (error as unknown as Record<string, unknown>)[key];
    expect(difference(error, travel(error))).toBeUndefined();
  });

  it('own fields stay enumerable, among them a name, message or cause that was assigned', () => {
    const error = Object.assign(new Error('m'), { code: 'E_X', name: 'Named', nested: { list: [1n] } });
    expect(difference(error, travel(error))).toBeUndefined();
    const odd = Object.assign(Object.create(Error.prototype), {
      message: 'shown',
      stack: 'shown too',
      cause: 1,
    });
    expect(travel(odd)).toMatchObject({ message: 'shown', stack: 'shown too', cause: 1 });
    expect(Object.keys(travel(odd))).toEqual(['message', 'stack', 'cause']);
  });

  it.each([42, null, undefined, { toString: () => 'shown' }, 5n])(
    'a message that was set to %o is the text of it, as for structuredClone',
    (message) => {
      const error = new Error('x');
      error.message = message as never;
      expect(travel(error).message).toBe(structuredClone(error).message);
      expect(Object.getOwnPropertyDescriptor(travel(error), 'message')).toMatchObject({ enumerable: false });
    },
  );

  it('a message that its class has, and no text, is not made one', () => {
    class Odd extends Error {}
    Object.defineProperty(Odd.prototype, 'message', { value: 42 });
    expect(Object.hasOwn(travel(new Odd()), 'message')).toBe(false);
  });

  it('the class name of a subclass', () => {
    const back = travel(new HttpError(404));
    expect(back).toBeInstanceOf(RangeError);
    expect([back.name, back.message, back.status]).toEqual(['HttpError', 'status 404', 404]);
    class Custom extends Error {
      override name = 'E_CUSTOM';
    }
    expect(travel(new Custom('x')).name).toBe('E_CUSTOM');
  });

  it('a cause that is undefined is still a cause', () => {
    expect(Object.hasOwn(travel(new Error('x', { cause: undefined })), 'cause')).toBe(true);
    expect(Object.hasOwn(travel(new Error('x')), 'cause')).toBe(false);
  });

  it("an error of Node's own keeps the name of its built-in class", () => {
    let thrown: Error | undefined;
    try {
      new URL('nonsense');
    } catch (error) {
      thrown = error as Error;
    }
    const back = travel(thrown!) as Error & { code: string };
    expect(back).toBeInstanceOf(TypeError);
    expect([back.name, back.code]).toEqual(['TypeError', 'ERR_INVALID_URL']);
  });
});

describe('a DOMException in an item', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is one on the other side, as the reason of an aborted signal', () => {
    const { reason } = AbortSignal.abort() as { reason: DOMException };
    const back = travel(reason);
    expect(back).toBeInstanceOf(DOMException);
    expect(back).toBeInstanceOf(Error);
    expect([back.name, back.code, back.message]).toEqual([
      'AbortError',
      DOMException.ABORT_ERR,
      reason.message,
    ]);
    expect(back.stack).toBe(reason.stack);
    expect(difference({ reason, again: [reason] }, travel({ reason, again: [reason] }))).toBeUndefined();
  });

  it.each([
    ['', 'Error', 0],
    ['why', 'DataCloneError', 25],
    ['\u{1f4a5} \ud800', 'a name of no meaning', 0],
    ['', '', 0],
  ])('with the message %j and the name %j', (message, name, code) => {
    const error = new DOMException(message, name);
    const back = travel(error);
    expect(difference(error, back)).toBeUndefined();
    expect([back.name, back.message, back.code]).toEqual([name, message, code]);
    expect(Object.getOwnPropertyNames(back)).toEqual(['stack']);
  });

  it('with a cause, which may be itself, and fields of its own', () => {
    const error = new DOMException('why', {
      name: 'DataError',
      cause: { deeper: new Error('first') },
    } as never);
    Object.assign(error, { by: 'me', list: [error] });
    expect(difference(error, travel(error))).toBeUndefined();
    Object.defineProperty(error, 'cause', { value: error, writable: true, configurable: true });
    expect(difference(error, travel(error))).toBeUndefined();
  });

  it.each([true, false])('that was given another name, message and code (enumerable: %s)', (enumerable) => {
    const error = new DOMException('why', 'AbortError');
    for (const [key, value] of [
      ['name', 'Mine'],
      ['message', 'because'],
    ] as const) {
      Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
    }
    const back = travel(error);
    expect(difference(error, back)).toBeUndefined();
    expect([back.name, back.message, back.code]).toEqual(['Mine', 'because', DOMException.ABORT_ERR]);
    Object.defineProperty(error, 'code', { value: 'E_MINE', enumerable: true });
    expect(travel(error).code).toBe('E_MINE');
  });

  it('whose class extends it arrives as the nearest one that is built in', () => {
    class Withdrawn extends DOMException {}
    class Called extends DOMException {
      override get name() {
        return 'Called';
      }
    }
    const back = travel(new Withdrawn('gone', 'AbortError'));
    expect(Object.getPrototypeOf(back)).toBe(DOMException.prototype);
    expect([back.name, back.message, back.code]).toEqual(['AbortError', 'gone', DOMException.ABORT_ERR]);
    expect([travel(new Called('', 'AbortError')).name, travel(new Called('', 'AbortError')).code]).toEqual([
      'Called',
      DOMException.ABORT_ERR,
    ]);
  });

  it.each([-1, 0, 1, 2])('at the depth from which objects are deferred, and %i more', (more) => {
    const error = new DOMException('deep', 'TimeoutError');
    Object.defineProperty(error, 'cause', { value: [{ error }], writable: true, configurable: true });
    let item: unknown = [error, { field: error }];
    for (let i = 0; i < MAX_DEPTH - 1 + more; i++) item = [item];
    expect(difference(item, travel(item))).toBeUndefined();
  });

  it.each([0, MAX_DEPTH])('is one where its class extends the Error of another realm, %i deep', (depth) => {
    // As in a `vm` context: DOMException is Node's there, Error is not.
    vi.stubGlobal('Error', runInNewContext('Error'));
    // A class of its own, for that of others may have been looked at before.
    let item: unknown = new (class extends DOMException {})('why', 'AbortError');
    for (let i = 0; i < depth; i++) item = [item];
    let back = decode(anyCodec, encode(anyCodec, item));
    for (let i = 0; i < depth; i++) back = (back as unknown[])[0];
    expect(back).toBeInstanceOf(DOMException);
    expect(back).toMatchObject({ name: 'AbortError', message: 'why', code: DOMException.ABORT_ERR });
  });

  it('without a stack has none', () => {
    const error = new DOMException('why', 'AbortError');
    delete (error as { stack?: unknown }).stack;
    expect(Object.hasOwn(travel(error), 'stack')).toBe(false);
  });

  it('is an error of that name where there is no such class', () => {
    const error = Object.assign(new DOMException('why', 'AbortError'), { by: 'me' });
    const bytes = encode(anyCodec, error);
    vi.stubGlobal('DOMException', undefined);
    const back = decode(anyCodec, bytes) as Error & { by: string };
    vi.unstubAllGlobals();
    expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
    expect([back.name, back.message, back.stack, back.by]).toEqual(['AbortError', 'why', error.stack, 'me']);
    expect(Object.keys(back)).toEqual(['by']);
  });

  it('is none when it only pretends to be', () => {
    const impostor = Object.create(DOMException.prototype) as DOMException;
    expect(() => travel(impostor)).toThrow(
      expect.objectContaining({ code: 'QUEUE_CODEC', path: 'item.name' }),
    );
    const Real = DOMException;
    const Own = { DOMException: class DOMException extends Error {} }.DOMException;
    const back = travel(new Own('mine'));
    expect(back).not.toBeInstanceOf(Real);
    expect([back.name, back.message]).toEqual(['DOMException', 'mine']);
  });
});

describe('a QuotaExceededError in an item', () => {
  beforeEach(() => {
    vi.stubGlobal('QuotaExceededError', QuotaExceededError);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    [{}, null, null],
    [{ quota: 10 }, 10, null],
    [{ requested: 12.5 }, null, 12.5],
    [{ quota: 0, requested: 1e300 }, 0, 1e300],
  ])('is one on the other side, made with %j', (options, quota, requested) => {
    const error = new QuotaExceededError('too much', options);
    const back = travel(error);
    expect(difference(error, back)).toBeUndefined();
    expect(back).toBeInstanceOf(QuotaExceededError);
    expect([back.name, back.message, back.code]).toEqual(['QuotaExceededError', 'too much', error.code]);
    expect([back.quota, back.requested, back.stack]).toEqual([quota, requested, error.stack]);
    expect(Object.getOwnPropertyNames(back)).toEqual(['stack']);
  });

  it.each([-1, 0, 1])('at the depth from which objects are deferred, and %i more', (more) => {
    const error = new QuotaExceededError('deep', { quota: 1 });
    Object.assign(error, { list: [error] });
    let item: unknown = [error, { field: error }];
    for (let i = 0; i < MAX_DEPTH - 1 + more; i++) item = [item];
    expect(difference(item, travel(item))).toBeUndefined();
  });

  it('whose class extends it arrives as the nearest one that is built in', () => {
    class DiskFull extends QuotaExceededError {}
    const back = travel(new DiskFull('no room', { quota: 7 }));
    expect(Object.getPrototypeOf(back)).toBe(QuotaExceededError.prototype);
    expect([back.name, back.quota]).toEqual(['QuotaExceededError', 7]);
  });

  it('shows the same where there is no such class', () => {
    const bytes = encode(anyCodec, new QuotaExceededError('too much', { quota: 10 }));
    vi.stubGlobal('QuotaExceededError', undefined);
    const back = decode(anyCodec, bytes) as QuotaExceededError;
    expect(Object.getPrototypeOf(back)).toBe(DOMException.prototype);
    expect([back.name, back.message, back.code]).toEqual(['QuotaExceededError', 'too much', 22]);
    expect([back.quota, back.requested]).toEqual([10, null]);
    expect(Object.keys(back)).toEqual([]);
  });

  it('is none when it only pretends to be', () => {
    const Own = { QuotaExceededError: class QuotaExceededError extends RangeError {} }.QuotaExceededError;
    const back = travel(new Own('mine'));
    expect(Object.getPrototypeOf(back)).toBe(RangeError.prototype);
    expect([back.name, back.message]).toEqual(['QuotaExceededError', 'mine']);
  });

  it('whose bytes have something else in the place of an amount is refused', () => {
    const bytes = encode(anyCodec, new QuotaExceededError('', { quota: 10 }));
    bytes[bytes.indexOf(0x80 | 10)] = 0x02;
    expect(() => decode(anyCodec, bytes)).toThrow(/in the place of an amount/);
  });
});
