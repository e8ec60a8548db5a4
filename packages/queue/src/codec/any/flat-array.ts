import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { isDense } from './dense-array.ts';
import { MAX_SHORT_TEXT, TAG } from './format.ts';
import { writeNumber } from './primitives.ts';
import { shortText, writeText } from './text.ts';

/** Longer arrays gain little from the shortest way. */
const MOST_ELEMENTS = 8;

/**
 * Writes a short array of strings and numbers, the tuple that most queues carry, without the encoder's bookkeeping:
 * nothing in it can be met twice, nest deeply or be refused. One of its elements may be such an array itself; with two,
 * they might be the same.
 *
 * @param isRecord whether it is known that the array has nothing but its elements, and all of them
 * @returns false, with nothing written, for any other array
 */
export function writeFlatArray(writer: ByteWriter, array: readonly unknown[], isRecord: boolean): boolean {
  if (!looksFlat(array, true)) return false;
  const start = writer.length;
  if ((isRecord || isDense(array)) && writeElements(writer, array, true)) return true;
  writer.length = start;
  return false;
}

/** A look at the elements that costs next to nothing, so that other arrays lose nothing by the attempt. */
function looksFlat(array: readonly unknown[], mayNest: boolean): boolean {
  const length = array.length;
  if (length === 0 || length > MOST_ELEMENTS) return false;
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element === 'string' || typeof element === 'number') continue;
    if (!mayNest || !Array.isArray(element) || !looksFlat(element, false)) return false;
    mayNest = false;
  }
  return true;
}

/** Looks again at what it writes: an element may have a getter. */
function writeElements(writer: ByteWriter, array: readonly unknown[], mayNest: boolean): boolean {
  const length = array.length;
  if (length > MOST_ELEMENTS) return false;
  writer.byte(TAG.array);
  writer.byte(length);
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element === 'string') writeText(writer, element);
    else if (typeof element === 'number') writeNumber(writer, element);
    else if (
      !mayNest ||
      !Array.isArray(element) ||
      !isDense(element) ||
      !writeElements(writer, element, false)
    )
      return false;
    else mayNest = false;
  }
  return true;
}

/**
 * Reads an item that {@link writeFlatArray} wrote, unless there is a long string in it.
 *
 * @returns undefined, with nothing read, for any other item
 */
export function readFlatArray(reader: ByteReader): unknown[] | undefined {
  const { position } = reader;
  const array = readElements(reader, true);
  if (array !== undefined && reader.position === reader.end) return array;
  reader.position = position;
  return undefined;
}

function readElements(reader: ByteReader, mayNest: boolean): unknown[] | undefined {
  const { position, end, bytes } = reader;
  const length = end - position < 3 ? 0 : bytes[position + 1]!;
  if (length < 2 || length > MOST_ELEMENTS) return undefined;
  reader.position = position + 2;
  const first = readElement(reader, mayNest);
  const second = first === undefined ? undefined : readElement(reader, mayNest);
  if (second === undefined) return undefined;
  // Made by literals, arrays are packed and have no spare room: one that is pushed to gets room for sixteen more.
  if (length === 2) return [first, second];
  const third = readElement(reader, mayNest);
  if (third === undefined) return undefined;
  if (length === 3) return [first, second, third];
  const fourth = readElement(reader, mayNest);
  if (fourth === undefined) return undefined;
  if (length === 4) return [first, second, third, fourth];
  const fifth = readElement(reader, mayNest);
  if (fifth === undefined) return undefined;
  const array: unknown[] = [first, second, third, fourth, fifth];
  for (let left = length - 5; left > 0; left--) {
    const element = readElement(reader, mayNest);
    if (element === undefined) return undefined;
    array.push(element);
  }
  return array;
}

/** @returns undefined for whatever {@link writeFlatArray} does not write */
function readElement(reader: ByteReader, mayNest: boolean): string | number | unknown[] | undefined {
  const { position, end, bytes } = reader;
  if (position >= end) return undefined;
  const tag = bytes[position]!;
  if (tag >= TAG.smallInt) {
    reader.position = position + 1;
    return tag - TAG.smallInt;
  }
  if (tag >= TAG.shortText) {
    const length = tag & MAX_SHORT_TEXT;
    const next = position + 1 + length;
    if (next > end) return undefined;
    reader.position = next;
    return shortText(bytes, position + 1, length);
  }
  if (tag === TAG.int32 && position + 5 <= end) {
    reader.position = position + 1;
    return reader.int32();
  }
  if (tag === TAG.float64 && position + 9 <= end) {
    reader.position = position + 1;
    return reader.float64();
  }
  return tag === TAG.array && mayNest ? readElements(reader, false) : undefined;
}
