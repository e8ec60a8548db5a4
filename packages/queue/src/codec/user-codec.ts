import { describeValue, messageOf } from '@pkg/sync/kernel';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Codec } from './codec.ts';
import { viewName } from './intrinsics.ts';
import { isInstance } from './is-instance.ts';
import type { ItemCodec } from './item-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { readWholeBlob, wholeBlob, writeWholeBlob } from './whole-blob.ts';

/** Fits a user's {@link Codec} to the kernel. */
export function fromUserCodec<T>(codec: Codec<T>): ItemCodec<T> {
  const name = codec.name ?? 'custom';

  /** A user's codec may throw our error itself, with a better path than we know. */
  const wrap = (verb: string, cause: unknown): QueueCodecError =>
    isInstance(cause, QueueCodecError)
      ? cause
      : new QueueCodecError(`The codec "${name}" failed to ${verb} the item: ${messageOf(cause)}`, { cause });

  return {
    name,
    encode(value: T, writer: ByteWriter): void {
      let bytes: unknown;
      try {
        bytes = codec.encode(value);
      } catch (error) {
        throw wrap('encode', error);
      }
      // By its slot: one of another realm is no instance of this one's class, and an impostor has no bytes.
      if (!ArrayBuffer.isView(bytes) || viewName(bytes) !== 'Uint8Array') {
        throw new QueueCodecError(
          `The codec "${name}" must return a Uint8Array from encode, not ${describeValue(bytes)}.`,
        );
      }
      writeWholeBlob(writer, bytes as Uint8Array);
    },
    findTrailingBlob: wholeBlob,
    decode(reader: ByteReader): T {
      const bytes = readWholeBlob(reader);
      try {
        return codec.decode(bytes);
      } catch (error) {
        throw wrap('decode', error);
      }
    },
  };
}
