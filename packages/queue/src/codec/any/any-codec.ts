import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { ItemCodec } from '../item-codec.ts';
import { AnyDecoder } from './decoder.ts';
import { AnyEncoder } from './encoder.ts';
import { readFlatArray, writeFlatArray } from './flat-array.ts';
import { TAG } from './format.ts';
import { writeNumber } from './primitives.ts';
import { shortText, writeText } from './text.ts';
import { trailingBlob } from './trailing-blob.ts';

/**
 * The default codec: every structured-cloneable value that bytes can carry, as `structuredClone` would have
 * it. What differs: errors keep their class name and own fields, a `Buffer` takes only its own bytes along,
 * and `SharedArrayBuffer` and shared objects are refused rather than copied.
 */
class AnyCodec implements ItemCodec<unknown> {
  readonly name: string;
  readonly #takesRecords: boolean;
  readonly findTrailingBlob = trailingBlob;
  /** Idle ones. A getter in an item may put an item itself, so there may be more than one at work. */
  readonly #encoders: AnyEncoder[] = [];
  readonly #decoders: AnyDecoder[] = [];

  /** @param takesRecords whether an item that is an array is known to have nothing but its elements, and all of them */
  constructor(name: string, takesRecords: boolean) {
    this.name = name;
    this.#takesRecords = takesRecords;
  }

  encode(value: unknown, writer: ByteWriter): void {
    if (typeof value === 'number') writeNumber(writer, value);
    else if (typeof value === 'string') writeText(writer, value);
    else if (!this.#encodeFlat(value, writer)) this.#encodeOther(value, writer);
  }

  #encodeFlat(value: unknown, writer: ByteWriter): boolean {
    const start = writer.length;
    try {
      return Array.isArray(value) && writeFlatArray(writer, value, this.#takesRecords);
    } catch {
      // A getter that throws, or a revoked proxy: the encoder comes upon it again, and knows the path to it.
      writer.length = start;
      return false;
    }
  }

  #encodeOther(value: unknown, writer: ByteWriter): void {
    const start = writer.length;
    const encoder = this.#encoders.pop() ?? new AnyEncoder();
    let complete = false;
    try {
      encoder.encode(value, writer);
      complete = true;
    } finally {
      if (!complete) writer.length = start;
      this.#encoders.push(encoder);
    }
  }

  decode(reader: ByteReader): unknown {
    const { position, end } = reader;
    // The shortest way for the most frequent items; all others are checked by the decoder.
    if (position < end) {
      const tag = reader.bytes[position]!;
      const length = end - position;
      if (tag === TAG.int32 && length === 5) {
        reader.position++;
        return reader.int32();
      }
      if (tag >= TAG.smallInt && length === 1) {
        reader.position = end;
        return tag - TAG.smallInt;
      }
      if ((tag & 0xc0) === TAG.shortText && tag - TAG.shortText === length - 1) {
        reader.position = end;
        return shortText(reader.bytes, position + 1, length - 1);
      }
      if (tag === TAG.array) {
        const array = readFlatArray(reader);
        if (array !== undefined) return array;
      }
    }
    const decoder = this.#decoders.pop() ?? new AnyDecoder();
    try {
      return decoder.decode(reader);
    } finally {
      this.#decoders.push(decoder);
    }
  }
}

export const anyCodec: ItemCodec<unknown> = new AnyCodec('any', false);

/**
 * The same for items that are arrays which their putter has made for the purpose: it spares them the look for other
 * properties, a tenth of all that a task of an executor costs. Not for users, whose arrays may come from anywhere.
 */
export const recordCodec: ItemCodec<unknown> = new AnyCodec('record', true);
