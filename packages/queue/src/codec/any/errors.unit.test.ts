import { describe, expect, it } from 'vitest';
import { roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
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

  it('the reason of an aborted signal', () => {
    const back = travel(AbortSignal.abort().reason as Error);
    expect(back).toBeInstanceOf(Error);
    expect(back.name).toBe('AbortError');
    expect(back.message).toMatch(/aborted/);
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
