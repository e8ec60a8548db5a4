import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { isDense } from './dense-array.ts';
import { MAX_SHORT_TEXT, TAG } from './format.ts';
import { writeNumber } from './primitives.ts';
import { shortText, writeText } from './text.ts';

/** Longer arrays gain little from the shortest way. */
const MOST_ELEMENTS = 8;

/**
 * Writes a short array of nothing but strings and numbers, the tuple that most queues carry, without the encoder's
 * bookkeeping: nothing in it can be met twice, nest or be refused.
 *
 * @returns false, with nothing written, for any other array
 */
export function writeFlatArray(writer: ByteWriter, array: readonly unknown[]): boolean {
  const length = array.length;
  if (length === 0 || length > MOST_ELEMENTS || !isDense(array)) return false;
  const start = writer.length;
  writer.byte(TAG.array);
  writer.byte(length);
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element === 'string') writeText(writer, element);
    else if (typeof element === 'number') writeNumber(writer, element);
    else {
      writer.length = start;
      return false;
    }
  }
  return true;
}

/**
 * Reads an item that {@link writeFlatArray} wrote, if it is a pair of short strings or small integers.
 *
 * @returns undefined, with nothing read, for any other item
 */
export function readFlatPair(reader: ByteReader): unknown[] | undefined {
  const { position, end, bytes } = reader;
  if (end - position < 4 || bytes[position + 1] !== 2) return undefined;
  reader.position = position + 2;
  const first = readFlat(reader);
  const second = first === undefined ? undefined : readFlat(reader);
  if (second === undefined || reader.position !== end) {
    reader.position = position;
    return undefined;
  }
  return [first, second];
}

function readFlat(reader: ByteReader): string | number | undefined {
  const { position, end, bytes } = reader;
  if (position >= end) return undefined;
  const tag = bytes[position]!;
  if (tag >= TAG.smallInt) {
    reader.position = position + 1;
    return tag - TAG.smallInt;
  }
  if (tag < TAG.shortText) return undefined;
  const length = tag & MAX_SHORT_TEXT;
  const next = position + 1 + length;
  if (next > end) return undefined;
  reader.position = next;
  return shortText(bytes, position + 1, length);
}
