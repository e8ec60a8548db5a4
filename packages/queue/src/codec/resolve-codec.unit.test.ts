import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Codec } from './codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { resolveCodec } from './resolve-codec.ts';
import { decode, encode, roundTrip } from './round-trip.fixture.ts';

const point: Codec<{ x: number }> = {
  name: 'point',
  encode: ({ x }) => new Uint8Array(Float64Array.of(x).buffer),
  decode: (bytes) => ({ x: new Float64Array(bytes.buffer)[0]! }),
};

describe('resolveCodec', () => {
  it('finds the built-in codecs by name, "any" by default', () => {
    expect(resolveCodec(undefined).name).toBe('any');
    for (const name of ['any', 'int32', 'float64', 'bytes', 'json'] as const) {
      expect(resolveCodec(name).name).toBe(name);
    }
  });

  it("takes a user's codec", () => {
    const codec = resolveCodec(point);
    expect(codec.name).toBe('point');
    expect(roundTrip(codec, { x: 2.5 })).toEqual({ x: 2.5 });
    expect(resolveCodec({ encode: point.encode, decode: point.decode }).name).toBe('custom');
  });

  it.each([
    ['INT32', /'any', 'int32', 'float64', 'bytes', 'json'.*not the string "INT32"/],
    [null, /not null/],
    [7, /not the number 7/],
    [{ encode: () => new Uint8Array() }, /not an Object/],
    [{ ...point, name: 5 }, /not an Object/],
    [() => 1, /not a function/],
  ])('refuses %o', (option, message) => {
    expect(() => resolveCodec(option as never)).toThrow(TypeError);
    expect(() => resolveCodec(option as never)).toThrow(message);
  });
});

describe("a user's codec", () => {
  const failing = (cause: unknown): Codec<number> => ({
    name: 'mine',
    encode: () => {
      throw cause;
    },
    decode: () => {
      throw cause;
    },
  });

  it.each([new Error('boom'), 'a string', undefined, null])(
    'that throws %s fails with that cause',
    (cause) => {
      const codec = resolveCodec(failing(cause));
      const expected = expect.objectContaining({ code: 'QUEUE_CODEC', path: 'item', cause });
      expect(() => encode(codec, 1)).toThrow(expected);
      expect(() => decode(codec, new Uint8Array(3))).toThrow(expected);
      expect(() => encode(codec, 1)).toThrow(/codec "mine" failed to encode/);
    },
  );

  it('may throw a QueueCodecError with a path of its own', () => {
    const error = new QueueCodecError('no', { path: 'item.x' });
    expect(() => encode(resolveCodec(failing(error)), 1)).toThrow(error);
  });

  it('must return a Uint8Array', () => {
    const codec = resolveCodec<number>({ encode: () => [1] as never, decode: () => 1 });
    expect(() => encode(codec, 1)).toThrow(/must return a Uint8Array from encode, not an Array of length 1/);
  });

  it.each([3, 70_000])('may return a Uint8Array of another realm, of %i bytes', (length) => {
    const foreign = runInNewContext(`new Uint8Array(${length}).fill(7)`) as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    const codec = resolveCodec<Uint8Array>({ encode: () => foreign, decode: (bytes) => bytes });
    expect(roundTrip(codec, foreign)).toEqual(new Uint8Array(length).fill(7));
  });

  it.each([
    [Object.create(Uint8Array.prototype), 'an Uint8Array'],
    [new Proxy(new Uint8Array(2), {}), 'an Uint8Array'],
    [new DataView(new ArrayBuffer(2)), 'a DataView'],
    [new Uint8ClampedArray(2), 'an Uint8ClampedArray'],
    [new ArrayBuffer(2), 'an ArrayBuffer'],
  ])('must not return what only looks like one: %#', (bytes, shown) => {
    const codec = resolveCodec<number>({ encode: () => bytes as never, decode: () => 1 });
    expect(() => encode(codec, 1)).toThrow(`must return a Uint8Array from encode, not ${shown}`);
    expect(() => encode(codec, 1)).toThrow(QueueCodecError);
  });

  it('fails as one when it throws what cannot be looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(() => encode(resolveCodec(failing(proxy)), 1)).toThrow(QueueCodecError);
    expect(() => decode(resolveCodec(failing(proxy)), new Uint8Array(3))).toThrow(QueueCodecError);
  });

  it('keeps `this`, and gets bytes that it may keep', () => {
    class Remembering implements Codec<Uint8Array> {
      readonly kept: Uint8Array[] = [];
      encode(value: Uint8Array): Uint8Array {
        this.kept.push(value);
        return value;
      }
      decode(bytes: Uint8Array): Uint8Array {
        this.kept.push(bytes);
        return bytes;
      }
    }
    const mine = new Remembering();
    const codec = resolveCodec(mine);
    roundTrip(codec, Uint8Array.of(1, 2, 3));
    // Encoded once, and decoded in both ways.
    expect(mine.kept).toEqual(Array.from({ length: 3 }, () => Uint8Array.of(1, 2, 3)));
    for (const bytes of mine.kept.slice(1)) {
      expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
    }
  });
});
