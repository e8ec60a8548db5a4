import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ItemCodec } from './item-codec.ts';

/** The bytes of one value, as the kernel would store them. */
export function encode<T>(codec: ItemCodec<T>, value: T): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  codec.encode(value, writer);
  return writer.bytes.slice(0, writer.length);
}

/** Decodes bytes that stand in the middle of a scratch full of stale ones. */
export function decode<T>(codec: ItemCodec<T>, bytes: Uint8Array): T {
  const reader = new ByteReader();
  reader.ensure(bytes.length + 16);
  reader.bytes.fill(0xa5);
  reader.bytes.set(bytes, 8);
  reader.reset(8, 8 + bytes.length);
  return codec.decode(reader);
}

export function roundTrip<T>(codec: ItemCodec<T>, value: T): T {
  return decode(codec, encode(codec, value));
}
