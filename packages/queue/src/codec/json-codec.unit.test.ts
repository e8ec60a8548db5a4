import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from './json-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { decode, encode, roundTrip } from './round-trip.fixture.ts';

function pathOf(value: unknown): string {
  try {
    encode(jsonCodec, value);
  } catch (error) {
    if (error instanceof QueueCodecError) return error.path;
    throw error;
  }
  return 'carried';
}

const cyclic: Record<string, unknown> = {};
cyclic['list'] = [cyclic];
const holed = [1, 2];
delete holed[0];

describe('codec json', () => {
  it('carries whatever JSON can express', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        // JSON has no −0, which is refused.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(roundTrip(jsonCodec, plain)).toStrictEqual(plain);
      }),
    );
    expect(roundTrip(jsonCodec, '\ud800')).toBe('\ud800');
    const proto: unknown = JSON.parse('{"__proto__": 1}');
    expect(Object.keys(roundTrip(jsonCodec, proto) as object)).toEqual(['__proto__']);
    const foreign: unknown = runInNewContext('[{ list: [1, [2]] }]');
    expect(roundTrip(jsonCodec, foreign)).toEqual([{ list: [1, [2]] }]);
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['minus zero', -0],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Uint8Array', new Uint8Array(1)],
    ['a RegExp', /a/],
    ['an Error', new Error('x')],
    ['a boxed number', Object(1)],
    ['a class instance', new (class Thing {})()],
    ['an object with toJSON', { toJSON: () => 1 }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an array of a class of its own', new (class List extends Array {})()],
    [
      'an array of a class with toJSON',
      new (class List extends Array {
        toJSON() {
          return 'x';
        }
      })(),
    ],
    ['an array of a class of another realm', runInNewContext('new (class List extends Array {})()')],
    ['an array with a hidden toJSON', Object.defineProperty([1], 'toJSON', { value: () => 'x' })],
    ['an array without a prototype', Object.setPrototypeOf([1], null)],
    ['an array that inherits from one', Object.setPrototypeOf([1], [2])],
    ['holes', holed],
    ['an array with a field', Object.assign([1], { field: 1 })],
  ])('refuses %s with its path', (_name, value) => {
    expect(pathOf(value)).toBe('item');
    expect(pathOf({ a: [1, { 'b c': value }] })).toBe('item.a[1]["b c"]');
  });

  it('refuses properties keyed by a symbol, and cycles', () => {
    expect(() => encode(jsonCodec, [{ [Symbol('hidden')]: 1 }])).toThrow(/item\[0\].*Symbol\(hidden\)/);
    expect(() => encode(jsonCodec, [Object.assign([1], { [Symbol('hidden')]: 1 })])).toThrow(
      /item\[0\].*Symbol\(hidden\)/,
    );
    expect(pathOf(cyclic)).toBe('item.list[0]');
  });

  it('refuses every array and object while their prototype has a toJSON', () => {
    for (const prototype of [Array.prototype, Object.prototype] as { toJSON?: unknown }[]) {
      Object.defineProperty(prototype, 'toJSON', { value: () => 'x', configurable: true });
      try {
        expect(pathOf({ list: [1] })).toBe(prototype === Object.prototype ? 'item' : 'item.list');
      } finally {
        delete prototype.toJSON;
      }
    }
    expect(pathOf({ list: [1] })).toBe('carried');
  });

  it('refuses a depth that JSON cannot write, and getters that throw', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => encode(jsonCodec, deep)).toThrow(QueueCodecError);
    const cause = new Error('no');
    const item = {
      get a() {
        throw cause;
      },
    };
    expect(() => encode(jsonCodec, [1, item])).toThrow(
      expect.objectContaining({ code: 'QUEUE_CODEC', path: 'item[1].a', cause }),
    );
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    expect(pathOf(proxy)).toBe('item');
    expect(pathOf({ list: [proxy] })).toBe('item.list[0]');
  });

  it('names value, type and a way out', () => {
    expect(() => encode(jsonCodec, { n: Number.NaN })).toThrow(
      'The codec "json" cannot carry item.n: the number NaN would not arrive as it is. ' +
        'Change the value, or use the codec "any".',
    );
  });

  it('refuses bytes that are not JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          decode(jsonCodec, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(QueueCodecError);
        }
      }),
    );
    expect(() => decode(jsonCodec, new Uint8Array())).toThrow(QueueCodecError);
  });
});
