import { describe, expect, it } from 'vitest';
import { encode } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { trailingBlob } from './trailing-blob.ts';

const data = Uint8Array.from({ length: 300 }, (_, i) => i);
const float64 = new Float64Array(40);

/** What is found in an item that stands in the middle of other bytes. */
function found(item: unknown): number {
  const bytes = encode(anyCodec, item);
  const memory = new Uint8Array(bytes.length + 10).fill(0x21);
  memory.set(bytes, 5);
  return trailingBlob(memory, 5, 5 + bytes.length);
}

describe('the blob at the end of an item', () => {
  it.each([
    ['a typed array', data, 300],
    ['its buffer', data.buffer, 300],
    ['a view of many bytes an element', float64, 320],
    ['a part of a buffer, which arrives whole', data.subarray(10, 20), 300],
    ['a Buffer, which arrives alone', Buffer.from(data.buffer, 10, 20), 20],
    ['a name and the bytes', ['image.png', data], 300],
    ['an object whose last field is bytes', { id: 7, big: 2n ** 60n, at: new Date(0), ok: true, data }, 300],
    ['nested messages', ['store', -1, 0.5, null, { name: 'é€'.repeat(99), parts: [1, data] }], 300],
  ])('is found in %s', (_, item, length) => {
    expect(found(item)).toBe(length);
  });

  it.each([
    ['no bytes', ['image.png', 1]],
    ['bytes at another place', [data, 'image.png']],
    ['bytes behind other bytes', [data.slice(), data]],
    ['a view of bytes that were met before', { data, again: data.subarray(1) }],
    ['a map', new Map([['data', data]])],
    ['a resizable buffer', new ArrayBuffer(300, { maxByteLength: 500 })],
    ['too many values before it', [...Array.from({ length: 70 }, () => 1), data]],
    ['an empty array', []],
    ['an empty object', {}],
  ])('is left alone with %s', (_, item) => {
    expect(found(item)).toBe(0);
  });
});
