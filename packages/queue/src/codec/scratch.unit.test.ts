import { describe, expect, it } from 'vitest';
import { anyCodec } from './any/any-codec.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { decode } from './round-trip.fixture.ts';

const COUNTS = [0, 1, 253, 254, 255, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];

/** A reader over what a writer holds. */
function readerOf(writer: ByteWriter): ByteReader {
  const reader = new ByteReader();
  reader.ensure(writer.length);
  reader.bytes.set(writer.bytes.subarray(0, writer.length));
  reader.reset(0, writer.length);
  return reader;
}

describe('ByteWriter and ByteReader', () => {
  it('give back what was written', () => {
    const writer = new ByteWriter();
    for (const count of COUNTS) writer.count(count);
    writer.int32(-5);
    writer.float64(-0);
    writer.bigInt64(-(2n ** 63n));
    writer.blob(Uint8Array.of(1, 2, 3));
    const reader = readerOf(writer);
    expect(COUNTS.map(() => reader.count())).toEqual(COUNTS);
    expect(reader.int32()).toBe(-5);
    expect(reader.float64()).toBe(-0);
    expect(reader.bigInt64()).toBe(-(2n ** 63n));
    expect([...reader.blob(3)]).toEqual([1, 2, 3]);
    expect(reader.remaining).toBe(0);
    expect(() => reader.byte()).toThrow(QueueCodecError);
  });

  it('keep words and bytes over the same memory while they grow', () => {
    const writer = new ByteWriter();
    for (let i = 0; i < 5000; i++) writer.int32(i);
    expect(writer.length).toBe(20_000);
    expect(writer.words.buffer).toBe(writer.bytes.buffer);
    expect(writer.words.byteLength).toBe(writer.bytes.byteLength);
    expect([writer.words[0], writer.words[4999]]).toEqual([0, 4999]);
    const reader = new ByteReader();
    reader.ensure(20_001);
    expect(reader.words.length * 4).toBe(reader.bytes.length);
    expect(reader.bytes.length).toBeGreaterThanOrEqual(20_001);
  });

  it('grow by doubling, keep the memory of usual items and let go of that of a huge one', () => {
    const writer = new ByteWriter();
    const reader = new ByteReader();
    const sizes = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      writer.byte(1);
      sizes.add(writer.bytes.length);
    }
    expect(sizes.size).toBeLessThan(10);
    writer.reset();
    expect(writer.bytes.length).toBeGreaterThanOrEqual(100_000);
    writer.blob(new Uint8Array(2 ** 24));
    reader.ensure(2 ** 24);
    writer.reset();
    reader.trim();
    expect(writer.length).toBe(0);
    expect(writer.bytes.length).toBeLessThan(10_000);
    expect(reader.bytes.length).toBeLessThan(10_000);
  });

  it('refuse lengths that are none', () => {
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const writer = new ByteWriter();
      writer.byte(0xff);
      writer.float64(wrong);
      expect(() => readerOf(writer).count()).toThrow(QueueCodecError);
    }
  });
});

describe('bytes that claim far more than they hold', () => {
  const claim = (tag: number, ...rest: number[]): Uint8Array => {
    const writer = new ByteWriter();
    writer.byte(tag);
    writer.count(2 ** 31);
    for (const byte of rest) writer.byte(byte);
    return writer.bytes.slice(0, writer.length);
  };

  it('are refused for the claim itself, before anything is allocated or read on', () => {
    // Strings, array, object, map, set, buffer; with the fewest bytes that each of their parts takes.
    const sizes = { 9: 1, 10: 2, 16: 1, 18: 2, 19: 2, 20: 1, 32: 1 };
    for (const [tag, size] of Object.entries(sizes)) {
      const message = `${2 ** 31 * size} more bytes are claimed`;
      expect(() => decode(anyCodec, claim(Number(tag)))).toThrow(message);
      expect(() => decode(anyCodec, claim(Number(tag), 1, 2, 3))).toThrow(message);
    }
    expect(() => decode(anyCodec, claim(0x0b))).toThrow(/object number 2147483648 was not met/);
  });

  it('make a sparse array at no cost', () => {
    const before = process.memoryUsage().heapUsed;
    const array = decode(anyCodec, claim(0x11, 0)) as unknown[];
    expect(array.length).toBe(2 ** 31);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 2 ** 20);
    // 20 million holes would fit an engine's array, and take 160 MB.
    const writer = new ByteWriter();
    writer.byte(0x11);
    writer.count(20_000_000);
    writer.count(0);
    const holes = decode(anyCodec, writer.bytes.subarray(0, writer.length)) as unknown[];
    expect(holes.length).toBe(20_000_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 2 ** 20);
  });
});

describe('a tail', () => {
  const big = () => new Uint8Array(100_000).fill(7);

  it('stays where it is until something is written behind it', () => {
    const writer = new ByteWriter(true);
    const bytes = big();
    writer.byte(1);
    writer.blob(bytes);
    expect(writer.tail).toEqual({ start: 1, bytes });
    expect(writer.length).toBe(100_001);
    writer.byte(2);
    expect(writer.tail).toBe(undefined);
    expect(Buffer.compare(writer.bytes.subarray(0, 100_002), Buffer.from([1, ...bytes, 2]))).toBe(0);
  });

  it('is gone when the length is set back behind its beginning', () => {
    const writer = new ByteWriter(true);
    writer.byte(1);
    writer.blob(big());
    writer.length = 1;
    writer.byte(2);
    expect([...writer.bytes.subarray(0, writer.length)]).toEqual([1, 2]);
  });

  it('is copied on demand, and not at all by a writer that was not told to leave it', () => {
    for (const leaves of [true, false]) {
      const writer = new ByteWriter(leaves);
      writer.blob(big());
      writer.pad();
      if (leaves) writer.complete();
      expect(writer.tail).toBe(undefined);
      expect(Buffer.compare(writer.bytes.subarray(0, 100_000), big())).toBe(0);
    }
  });
});
