import { BIG_BLOB } from './big-blob.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * The format of codecs whose items are bytes and nothing else: the bytes, and before them padding if they are big.
 * An item as long as a big blob is one, then: a smaller one has no padding.
 */

/** Writes an item that is `bytes`. */
export function writeWholeBlob(writer: ByteWriter, bytes: Uint8Array): void {
  if (bytes.length >= BIG_BLOB) writer.padding();
  writer.blob(bytes);
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
