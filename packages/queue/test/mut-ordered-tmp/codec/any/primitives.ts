import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { QueueCodecError } from '../queue-codec-error.ts';
import { TAG } from './format.ts';
import { Refusal } from './refusal.ts';
import { readText, writeText } from './text.ts';

export function writeNumber(writer: ByteWriter, value: number): void {
  // −0 passes for the integer 0 in every comparison, hence the division.
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    if (value >= 0 && value < 0x80) {
      writer.byte(TAG.smallInt | value);
    } else {
      writer.byte(TAG.int32);
      writer.int32(value);
    }
  } else {
    writer.byte(TAG.float64);
    writer.float64(value);
  }
}

export function writeBigInt(writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writer.byte(TAG.bigInt64);
    writer.bigInt64(value);
    return;
  }
  writer.byte(TAG.bigInt);
  writer.byte(value < 0n ? 1 : 0);
  // Hexadecimal digits take linear time to make and to parse; decimal ones do not.
  writeText(writer, (value < 0n ? -value : value).toString(16));
}

/** Reads the rest of a bigint that does not fit 64 bits. */
export function readBigInt(reader: ByteReader): bigint {
  const negative = reader.byte() !== 0;
  const digits = readText(reader, reader.byte());
  if (digits === undefined || !/^[0-9a-f]+$/.test(digits)) {
    throw new QueueCodecError("The item's bytes are corrupt: a bigint has no digits.");
  }
  const magnitude = BigInt(`0x${digits}`);
  return negative ? -magnitude : magnitude;
}

/** Writes what is neither a number nor a string nor an object; refuses functions and symbols. */
export function writeRarePrimitive(writer: ByteWriter, value: unknown): void {
  if (value === null) writer.byte(TAG.null);
  else if (typeof value === 'boolean') writer.byte(value ? TAG.true : TAG.false);
  else if (value === undefined) writer.byte(TAG.undefined);
  else if (typeof value === 'bigint') writeBigInt(writer, value);
  else throw new Refusal(value);
}
