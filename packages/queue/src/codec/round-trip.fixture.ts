import { difference } from './any/same-item.fixture.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ItemCodec } from './item-codec.ts';

/** The bytes of one value, as the kernel would store them. */
export function encode<T>(codec: ItemCodec<T>, value: T): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  codec.encode(value, writer);
  return writer.bytes.slice(0, writer.length);
}

/**
 * Decodes bytes that stand in the middle of a scratch full of stale ones; and once more with the blob at their end, if
 * they have one, where the receiver is to have it: both ways must come to the same.
 */
export function decode<T>(codec: ItemCodec<T>, bytes: Uint8Array): T {
  const inScratch = attempt(() => {
    const reader = new ByteReader();
    reader.ensure(bytes.length + 16);
    reader.bytes.fill(0xa5);
    reader.bytes.set(bytes, 8);
    reader.reset(8, 8 + bytes.length);
    return codec.decode(reader);
  });
  if (codec.findTrailingBlob !== undefined) {
    const apart = attempt(() => decodeApart(codec, bytes));
    if (difference(comparable(inScratch), comparable(apart)) !== undefined) {
      throw new Error('with its last blob apart, the item decodes to something else', {
        cause: [inScratch, apart],
      });
    }
  }
  if ('error' in inScratch) throw inScratch.error;
  return inScratch.value;
}

function decodeApart<T>(codec: ItemCodec<T>, bytes: Uint8Array): T {
  const words = new Int32Array(4 + Math.ceil(bytes.length / 4));
  const memory = new Uint8Array(words.buffer).fill(0xa5);
  words[1] = bytes.length;
  memory.set(bytes, 12);
  const reader = new ByteReader(codec.findTrailingBlob, 1);
  while (!reader.copyFrame(words, memory, 1, 2)) reader.makeRoom();
  memory.fill(0x5a);
  reader.reset(8, 8 + bytes.length);
  return codec.decode(reader);
}

type OutcomeOf<T> = { value: T } | { error: unknown };

function attempt<T>(decodeIt: () => T): OutcomeOf<T> {
  try {
    return { value: decodeIt() };
  } catch (error) {
    return { error };
  }
}

/** Errors compare by class alone: they name positions. */
const comparable = (outcome: OutcomeOf<unknown>): unknown =>
  'error' in outcome ? (outcome.error as Error).constructor.name : [outcome.value];

export function roundTrip<T>(codec: ItemCodec<T>, value: T): T {
  return decode(codec, encode(codec, value));
}
