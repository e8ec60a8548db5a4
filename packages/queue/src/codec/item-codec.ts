import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { FindTrailingBlob } from './find-trailing-blob.ts';

/**
 * What the kernel knows of a codec. Both directions work in the calling thread's private scratch, outside
 * every lock: encoding may run user code (a getter) and may throw.
 */
export interface ItemCodec<T> {
  /** For codecs whose items may end with a blob that {@link decode} takes by `reader.blob`. */
  readonly findTrailingBlob?: FindTrailingBlob;
  /** Identifies the format; threads that share a queue must agree on it. */
  readonly name: string;

  /**
   * Appends the value's bytes at `writer.length`.
   * If it throws, `writer.length` is what it was before the call.
   */
  encode(value: T, writer: ByteWriter): void;

  /**
   * Reads one value from `reader.position` up to `reader.end`, all of it.
   * Throws `QueueCodecError` for bytes that {@link encode} cannot have written; never hangs.
   */
  decode(reader: ByteReader): T;
}
