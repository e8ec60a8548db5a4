import { describe, expect, it } from 'vitest';
import { bytesCodec } from './bytes-codec.ts';
import { float64Codec } from './float64-codec.ts';
import { int32Codec } from './int32-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { decode, encode, roundTrip } from './round-trip.fixture.ts';

describe('codec int32', () => {
  it.each([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)])('carries %i', (value) => {
    expect(roundTrip(int32Codec, value)).toBe(value);
  });

  it.each([
    2 ** 31,
    -(2 ** 31) - 1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    '1',
    1n,
    null,
    undefined,
    {},
  ])('refuses %s', (value) => {
    expect(() => encode(int32Codec, value as number)).toThrow(QueueCodecError);
  });

  it('names the value', () => {
    expect(() => encode(int32Codec, 2.5)).toThrow(/not the number 2\.5/);
    expect(() => encode(int32Codec, -0)).toThrow(/not the number -0/);
    expect(() => encode(int32Codec, 'seven' as never)).toThrow(/not the string "seven"/);
  });

  it('refuses bytes of another length', () => {
    for (const length of [0, 3, 5, 8]) {
      expect(() => decode(int32Codec, new Uint8Array(length))).toThrow(QueueCodecError);
    }
  });
});

describe('codec float64', () => {
  it.each([0, -0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, 2 ** 60])(
    'carries %d',
    (value) => {
      expect(roundTrip(float64Codec, value)).toBe(value);
    },
  );

  it('refuses what is no number, and bytes of another length', () => {
    for (const value of ['1', 1n, null, undefined, [], new Number(1)]) {
      expect(() => encode(float64Codec, value as number)).toThrow(QueueCodecError);
    }
    expect(() => encode(float64Codec, 1n as never)).toThrow(/not the bigint 1n/);
    expect(() => decode(float64Codec, new Uint8Array(4))).toThrow(QueueCodecError);
  });
});

describe('codec bytes', () => {
  it('refuses an array whose bytes are gone, and takes an empty one', () => {
    const gone = new Uint8Array(8);
    structuredClone(gone, { transfer: [gone.buffer] });
    expect(() => encode(bytesCodec, gone)).toThrow(QueueCodecError);
    expect(() => encode(bytesCodec, gone)).toThrow(/its buffer was transferred/);
    const shrunk = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 8 }), 4, 4);
    shrunk.buffer.resize(2);
    expect(() => encode(bytesCodec, shrunk)).toThrow(QueueCodecError);
    expect(roundTrip(bytesCodec, new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  it('carries bytes of any length, on a buffer of their own', () => {
    for (const length of [0, 1, 3, 4, 5, 1000, 100_000]) {
      const value = Uint8Array.from({ length }, (_, index) => index * 7);
      const back = roundTrip(bytesCodec, value);
      expect(back).toEqual(value);
      expect(back.buffer.byteLength).toBe(length);
    }
  });

  it('adds nothing to the bytes', () => {
    expect([...encode(bytesCodec, Uint8Array.of(1, 2, 3))]).toEqual([1, 2, 3]);
  });

  it('turns a Buffer into a plain Uint8Array', () => {
    const back = roundTrip(bytesCodec, Buffer.from('abc').subarray(1));
    expect(Object.getPrototypeOf(back)).toBe(Uint8Array.prototype);
    expect([...back]).toEqual([98, 99]);
  });

  it.each([
    ['an Array', [1, 2]],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['an Int8Array', Int8Array.of(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a string', 'abc'],
    ['null', null],
    ['an impostor', Object.create(Uint8Array.prototype)],
  ])('refuses %s', (_name, value) => {
    expect(() => encode(bytesCodec, value as never)).toThrow(QueueCodecError);
  });

  it('refuses bytes in shared memory, which would silently be copied', () => {
    expect(() => encode(bytesCodec, new Uint8Array(new SharedArrayBuffer(4)))).toThrow(/same memory/);
  });
});
