import { inspect } from 'node:util';
import { registerErrorClass } from '@pkg/sync/kernel';
import { describe, expect, it } from 'vitest';
import { Counter } from '../../test/fixtures/counter.ts';
import { packError, unpackError } from './error-travel.ts';

/** As through a message to another thread. */
const travel = (thrown: unknown, localStack?: string) =>
  unpackError(structuredClone(packError(thrown)), localStack);

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

class Registered extends RangeError {
  readonly limit: number;
  constructor(limit: number) {
    super(`over ${limit}`);
    this.limit = limit;
  }
  get doubled(): number {
    return this.limit * 2;
  }
}
registerErrorClass(Registered);

class Unregistered extends Registered {
  override readonly name = 'Unregistered';
}

describe('an error', () => {
  it.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    '%o stays one',
    (Class) => {
      const error = new Class('text');
      const arrived = travel(error) as Error;
      expect(Object.getPrototypeOf(arrived)).toBe(Class.prototype);
      expect([arrived.message, arrived.stack, String(arrived)]).toEqual(['text', error.stack, String(error)]);
      expect(Object.keys(arrived)).toEqual([]);
    },
  );

  it('of a registered class is one, without its constructor having run', () => {
    const arrived = travel(new Registered(4)) as Registered;
    expect(arrived).toBeInstanceOf(Registered);
    expect([arrived.limit, arrived.doubled, arrived.message]).toEqual([4, 8, 'over 4']);
  });

  it('of an unknown class is of the nearest known one, under its own name', () => {
    const arrived = travel(new Unregistered(4)) as Registered;
    expect(Object.getPrototypeOf(arrived)).toBe(Registered.prototype);
    expect([arrived.name, arrived.limit]).toEqual(['Unregistered', 4]);
  });

  it('keeps a name that only its class knows', () => {
    class Named extends Error {}
    Named.prototype.name = 'FromPrototype';
    expect((travel(new Named('x')) as Error).name).toBe('FromPrototype');
  });

  it('keeps causes and own fields, errors among them', () => {
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner', { cause: 'text' }) }), {
      code: 'E_OUTER',
      detail: { list: [1, new Date(3)] },
      previous: new SyntaxError('earlier'),
    });
    const arrived = travel(error) as typeof error;
    expect(arrived.cause).toBeInstanceOf(TypeError);
    expect((arrived.cause as Error).cause).toBe('text');
    expect(arrived.detail).toEqual({ list: [1, new Date(3)] });
    expect(arrived.previous).toBeInstanceOf(SyntaxError);
    expect(Object.keys(arrived)).toEqual(['code', 'detail', 'previous']);
    expect(inspect(arrived)).toBe(inspect(error));
  });

  it('keeps the errors of an aggregate', () => {
    const arrived = travel(new AggregateError([new TypeError('a'), 7], 'all')) as AggregateError;
    expect(arrived).toBeInstanceOf(AggregateError);
    expect(arrived.errors[0]).toBeInstanceOf(TypeError);
    expect(arrived.errors[1]).toBe(7);
  });

  it('shared by two others stays one, and cycles stay cycles', () => {
    const shared = new Error('shared');
    shared.cause = shared;
    const arrived = travel(Object.assign(new Error('x', { cause: shared }), { again: shared })) as Error & {
      again: Error;
    };
    expect(arrived.again).toBe(arrived.cause);
    expect(arrived.again.cause).toBe(arrived.again);
  });

  it('keeps fields that cannot travel as text', () => {
    const arrived = travel(Object.assign(new Error('x'), { callback: () => 1, key: Symbol('s') }));
    expect(arrived).toMatchObject({ callback: '[Function: callback]', key: 'Symbol(s)' });
  });

  it.each<[string, (inner: unknown) => unknown]>([
    ['objects', (inner) => ({ inner })],
    ['arrays', (inner) => [inner]],
    ['Maps', (inner) => new Map([[1, inner]])],
    ['Sets', (inner) => new Set([inner])],
    ['getters', (inner) => Object.defineProperty({}, 'inner', { get: () => inner, enumerable: true })],
  ])('keeps a field as text if its %s lie more than 500 levels deep', (_, wrap) => {
    let field: unknown = {};
    for (let level = 1; level < 500; level++) field = wrap(field);
    expect(travel(Object.assign(new Error('x'), { field }))).not.toMatchObject({ field: expect.any(String) });
    expect(travel(Object.assign(new Error('x'), { field: [field] }))).toMatchObject({
      field: expect.any(String),
    });
  });

  it.each<[string, (shared: Counter) => object]>([
    ['itself', (shared) => shared],
    ['in an object', (shared) => ({ shared })],
    ['in a list', (shared) => [[shared]]],
    ['in a Map', (shared) => new Map([[shared, 1]])],
    ['in a Set', (shared) => new Set([shared])],
    ['as the cause of an error in an object', (cause) => ({ error: new Error('y', { cause }) })],
  ])('keeps a field as text that is or holds a shared object, %s', (_, fieldOf) => {
    const arrived = travel(Object.assign(new Error('x'), { field: fieldOf(new Counter()), next: [1] }));
    expect(arrived).toMatchObject({ field: expect.stringContaining('Counter'), next: [1] });
  });

  it('keeps memory that is shared as that', () => {
    const memory = new Int32Array(new SharedArrayBuffer(4));
    const { field } = travel(Object.assign(new Error('x'), { field: { memory } })) as never as {
      field: { memory: Int32Array };
    };
    memory[0] = 7;
    expect(field.memory[0]).toBe(7);
  });

  it('whose properties throw still arrives', () => {
    const error = new Error('x');
    Object.defineProperty(error, 'bad', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(travel(error)).toMatchObject({ message: 'x' });
  });

  it.each<[string, () => object]>([
    ['as a field', () => ({ bad: revoked() })],
    ['as its cause', () => ({ cause: revoked() })],
    ['in a list', () => ({ bad: [revoked()] })],
    ['in a list of errors', () => ({ errors: [new TypeError('one'), revoked()] })],
  ])('arrives with a revoked proxy %s', (_, fields) => {
    expect(travel(Object.assign(new RangeError('x'), fields()))).toMatchObject({ message: 'x' });
  });

  it('keeps the others of an aggregate with a revoked proxy', () => {
    const arrived = travel(new AggregateError([new TypeError('a'), revoked()], 'all')) as AggregateError;
    expect(arrived.errors).toEqual([new TypeError('a'), '<Revoked Proxy>']);
  });

  it('arrives though it is a proxy that answers nothing', () => {
    const no = () => {
      throw new Error('no');
    };
    const handler = { getOwnPropertyDescriptor: no, get: no, ownKeys: () => ['field'] };
    expect(travel(new Proxy(new Error('x'), handler))).toBeInstanceOf(Error);
  });

  it('arrives with a list of errors that contains itself', () => {
    const list: unknown[] = [new TypeError('a')];
    list.push(list);
    const arrived = travel(Object.assign(new Error('x'), { list })) as { list: unknown[] };
    expect(arrived.list[0]).toBeInstanceOf(TypeError);
    expect((arrived.list[1] as unknown[])[1]).toBe(arrived.list[1]);
  });

  it('arrives though its causes lie deeper than the stack reaches', () => {
    let error = new Error('innermost');
    for (let depth = 0; depth < 5_000; depth++) error = new Error(`${depth}`, { cause: error });
    const arrived = travel(error) as Error;
    expect([arrived.message, (arrived.cause as Error).message]).toEqual(['4999', '4998']);
  });

  it('arrives though lists of errors lie deeper within each other than the stack reaches', () => {
    let list: unknown[] = [new Error('innermost')];
    for (let depth = 0; depth < 20_000; depth++) list = [new Error(`${depth}`), list];
    for (const arrived of [
      travel(list),
      (travel(Object.assign(new Error('x'), { list })) as never)['list'],
    ]) {
      let levels = 0;
      let inner: unknown = arrived;
      while (Array.isArray(inner)) {
        expect(inner[0]).toMatchObject({ message: `${19_999 - levels}` });
        inner = inner[1];
        levels++;
      }
      expect(inner).toMatch(/^\[\s*Error: /);
      expect(levels).toBe(100);
    }
  });

  it('arrives though the name of its class is no string', () => {
    class Odd extends RangeError {
      static override name(): void {}
    }
    expect(travel(new Odd('x'))).toBeInstanceOf(RangeError);
  });

  it('may leave objects that are no errors behind as text', () => {
    const error = Object.assign(new Error('x', { cause: new TypeError('y') }), { list: [1], limit: 3 });
    const arrived = unpackError(structuredClone(packError(error, true)));
    expect(arrived).toMatchObject({ cause: new TypeError('y'), list: '[ 1 ]', limit: 3 });
  });

  it('shows the frames of this side below its own', () => {
    const error = new Error('x', { cause: new Error('y') });
    const arrived = travel(error, '\n    at here') as Error;
    expect(arrived.stack).toBe(`${error.stack}\n    at here`);
    expect((arrived.cause as Error).stack).toBe((error.cause as Error).stack);
  });

  it('that tells of a quota does so on the other side', () => {
    interface QuotaExceeded extends DOMException {
      readonly quota?: number | null;
      readonly requested?: number | null;
    }
    const { QuotaExceededError } = globalThis as unknown as {
      QuotaExceededError?: new (message: string, options: { quota: number }) => QuotaExceeded;
    };
    // Before 2025 it was a name, and told no amounts.
    const made: QuotaExceeded =
      QuotaExceededError === undefined
        ? new DOMException('too much', 'QuotaExceededError')
        : new QuotaExceededError('too much', { quota: 5 });
    const sent = Object.assign(made, { by: 'me' });
    const arrived = travel(sent) as typeof sent;
    expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(sent));
    expect([arrived.name, arrived.message, arrived.code]).toEqual(['QuotaExceededError', 'too much', 22]);
    expect([arrived.quota, arrived.requested]).toEqual(
      QuotaExceededError ? [5, null] : [undefined, undefined],
    );
    expect(arrived.by).toBe('me');
  });

  it('that suppresses another one does so on the other side', () => {
    const parts = { error: new RangeError('of the disposal'), suppressed: new TypeError('of the body') };
    const hasClass = 'SuppressedError' in globalThis;
    const StandIn = { SuppressedError: class SuppressedError extends Error {} }.SuppressedError;
    const sent = hasClass
      ? new SuppressedError(parts.error, parts.suppressed, 'both')
      : Object.assign(new StandIn('both'), parts, { name: 'SuppressedError' });
    const arrived = travel(sent) as SuppressedError;
    expect(Object.getPrototypeOf(arrived)).toBe(hasClass ? SuppressedError.prototype : Error.prototype);
    expect([arrived.name, arrived.message]).toEqual(['SuppressedError', 'both']);
    expect(arrived.error).toBeInstanceOf(RangeError);
    expect(arrived.suppressed).toBeInstanceOf(TypeError);
  });

  it('that is a DOMException is one on the other side', () => {
    const sent = Object.assign(new DOMException('stopped', 'AbortError'), { by: 'me' });
    const arrived = travel(sent) as typeof sent;
    expect(arrived).toBeInstanceOf(DOMException);
    expect(arrived).toBeInstanceOf(Error);
    expect([arrived.name, arrived.message, arrived.code, arrived.by]).toEqual([
      'AbortError',
      'stopped',
      DOMException.ABORT_ERR,
      'me',
    ]);
    expect(arrived.stack).toContain('stopped');
  });

  it('of a class that extends DOMException is one too', () => {
    class Withdrawn extends DOMException {}
    registerErrorClass(Withdrawn);
    const arrived = travel(new Withdrawn('gone', 'AbortError')) as Withdrawn;
    expect(arrived).toBeInstanceOf(Withdrawn);
    expect([arrived.name, arrived.code]).toEqual(['AbortError', DOMException.ABORT_ERR]);
  });
});

describe('another thrown value', () => {
  it.each([undefined, null, 0, 'text', { a: [1] }])('%o arrives as it was', (value) => {
    expect(travel(value)).toEqual(value);
  });

  it('that cannot travel arrives as text', () => {
    expect(travel(Symbol('s'))).toBe('Symbol(s)');
    expect(travel(revoked())).toBe('<Revoked Proxy>');
    expect(travel([revoked()])).toBe('[ <Revoked Proxy> ]');
  });
});

describe('registerErrorClass', () => {
  it('takes classes of errors only', () => {
    expect(() => registerErrorClass(Map as never)).toThrow(TypeError);
    expect(() => registerErrorClass(undefined as never)).toThrow(TypeError);
    expect(() => registerErrorClass(class extends Error {}, '')).toThrow(TypeError);
  });
});
