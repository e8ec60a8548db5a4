import { BIG_BLOB } from './big-blob.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { assertViewInBounds } from './intrinsics.ts';
import { QueueCodecError } from './queue-codec-error.ts';

/**
 * The format of codecs whose items are bytes and nothing else: the bytes, and before them padding if they are big.
 * An item as long as a big blob is one, then: a smaller one has no padding.
 */

/**
 * Writes an item that is `bytes`.
 *
 * @throws QueueCodecError when the array's buffer was taken away
 */
export function writeWholeBlob(writer: ByteWriter, bytes: Uint8Array): void {
  // It reads as an empty one, and an empty one it is not.
  if (bytes.length === 0) mustBeThere(bytes);
  if (bytes.length >= BIG_BLOB) writer.padding();
  writer.blob(bytes);
}

function mustBeThere(bytes: Uint8Array): void {
  try {
    assertViewInBounds(bytes);
  } catch (cause) {
    throw new QueueCodecError(
      'The bytes of this Uint8Array are gone: its buffer was transferred to another thread, or has shrunk. ' +
        'Put the bytes before that, or a copy (array.slice()).',
      { cause },
    );
  }
}

/** Reads an item that {@link writeWholeBlob} wrote, into memory of its own. */
export function readWholeBlob(reader: ByteReader): Uint8Array<ArrayBuffer> {
  if (reader.remaining >= BIG_BLOB) reader.padding();
  return reader.blob(reader.remaining);
}

/** The `findTrailingBlob` of such a codec. */
export function wholeBlob(bytes: Uint8Array, start: number, end: number): number {
  return end - start < BIG_BLOB ? end - start : Math.max(0, end - start - 1 - bytes[start]!);
}
