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
    expect(pathOf(Object.assign(Object.create(null), { a: 1 }))).toBe('carried');
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
    ['holes', holed],
    ['an array with a field', Object.assign([1], { field: 1 })],
  ])('refuses %s with its path', (_name, value) => {
    expect(pathOf(value)).toBe('item');
    expect(pathOf({ a: [1, { 'b c': value }] })).toBe('item.a[1]["b c"]');
  });

  it('refuses properties keyed by a symbol, and cycles', () => {
    expect(() => encode(jsonCodec, [{ [Symbol('hidden')]: 1 }])).toThrow(/item\[0\].*Symbol\(hidden\)/);
    expect(pathOf(cyclic)).toBe('item.list[0]');
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
    expect(() => encode(jsonCodec, item)).toThrow(expect.objectContaining({ code: 'QUEUE_CODEC', cause }));
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
