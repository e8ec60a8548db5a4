import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../byte-writer.ts';
import { decode, roundTrip } from '../round-trip.fixture.ts';
import { anyCodec, recordCodec } from './any-codec.ts';
import { AnyEncoder } from './encoder.ts';
import { writeFlatArray } from './flat-array.ts';

const bytesBy = (write: (writer: ByteWriter) => unknown): number[] => {
  const writer = new ByteWriter();
  write(writer);
  return [...writer.bytes.subarray(0, writer.length)];
};

const FLAT: unknown[][] = [
  ['a', 'b'],
  [''],
  ['', ''],
  [0, -0],
  [1, 127, 128, -1, 2 ** 31, 0.5, Number.NaN, Number.POSITIVE_INFINITY],
  ['é', '\u{1f600}', '\ud800', 'x'.repeat(1000)],
  [7, ['images', 'https://i.imgur.com/abc.png']],
  [['a'], 1],
  [1, 2, 3, [4, 5, 6, 'x'.repeat(64)]],
];

const OTHERS: unknown[][] = [
  [],
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, undefined],
  [1, null],
  [1, {}],
  [[1], [2]],
  [1, [2, [3]]],
  [1, []],
  new Array(2),
  Object.assign([1, 2], { name: 'x' }),
  [1, Object.assign([1, 2], { name: 'x' })],
];

describe('a flat array', () => {
  it.each(FLAT.map((array) => [array]))('is written as the encoder writes it, and arrives: %j', (array) => {
    const written = bytesBy((writer) => expect(writeFlatArray(writer, array, false)).toBe(true));
    expect(written).toEqual(bytesBy((writer) => new AnyEncoder().encode(array, writer)));
    expect(roundTrip(anyCodec, array)).toEqual(array);
  });

  it.each(OTHERS.map((array) => [array]))('is none of these, of which nothing is written: %j', (array) => {
    expect(bytesBy((writer) => expect(writeFlatArray(writer, array, false)).toBe(false))).toEqual([]);
    expect(roundTrip(anyCodec, array)).toEqual(array);
  });

  it('is no array that holds the same one twice, or itself', () => {
    const inner = ['x'];
    const [first, second] = roundTrip(anyCodec, [inner, inner]) as [unknown, unknown];
    expect(first).toEqual(inner);
    expect(second).toBe(first);
    const circle: unknown[] = [1];
    circle.push(circle);
    const arrived = roundTrip(anyCodec, circle) as unknown[];
    expect(arrived[1]).toBe(arrived);
  });

  it('is none when a getter says something else the second time', () => {
    let reads = 0;
    const array = Object.defineProperty([1, 2], 1, {
      enumerable: true,
      get: () => (++reads === 1 ? 'text' : { field: 1 }),
    });
    expect(roundTrip(anyCodec, array)).toEqual([1, { field: 1 }]);
  });

  it('is none when a getter gives a longer array the second time', () => {
    let reads = 0;
    const long = Array.from({ length: 300 }, (_, i) => i);
    const array = Object.defineProperty([1, 2] as unknown[], 1, {
      enumerable: true,
      get: () => (++reads === 1 ? ['short'] : long),
    });
    expect(roundTrip(anyCodec, array)).toEqual([1, long]);
  });

  it('is refused when its bytes are cut short', () => {
    for (const array of FLAT) {
      const bytes = bytesBy((writer) => anyCodec.encode(array, writer));
      for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 50)) {
        expect(() => decode(anyCodec, Uint8Array.from(bytes.slice(0, length)))).toThrow('corrupt');
      }
    }
  });

  it('is taken as it looks where it is known to be a record, but not what is in it', () => {
    const record = Object.assign([7, Object.assign(['a', 'b'], { name: 'x' })], { name: 'y' });
    expect(bytesBy((writer) => expect(writeFlatArray(writer, record, true)).toBe(false))).toEqual([]);
    const flat = Object.assign([7, ['a', 'b']], { name: 'y' });
    const written = bytesBy((writer) => expect(writeFlatArray(writer, flat, true)).toBe(true));
    expect(written).toEqual(bytesBy((writer) => writeFlatArray(writer, [7, ['a', 'b']], false)));
    expect(roundTrip(recordCodec, [...FLAT, ...OTHERS])).toEqual([...FLAT, ...OTHERS]);
  });
});
