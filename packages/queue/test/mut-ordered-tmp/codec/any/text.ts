import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { QueueCodecError } from '../queue-codec-error.ts';
import { MAX_SHORT_TEXT, TAG } from './format.ts';

const utf8Encoder = new TextEncoder();
// `ignoreBOM` keeps a leading U+FEFF, which is part of the string.
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Writes a string, its tag included. Every string arrives unit by unit as it was, lone surrogates too. */
export function writeText(writer: ByteWriter, text: string): void {
  const length = text.length;
  if (length > MAX_SHORT_TEXT) {
    writeLongText(writer, text);
    return;
  }
  const start = writer.reserve(length + 1);
  const bytes = writer.bytes;
  bytes[start] = TAG.shortText | length;
  let all = 0;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    all |= unit;
    bytes[start + 1 + i] = unit;
  }
  if (all > 0xff) {
    writer.length = start;
    writeUnits(writer, text);
  }
}

function writeLongText(writer: ByteWriter, text: string): void {
  const length = text.length;
  // UTF-8 would replace lone surrogates.
  if (!text.isWellFormed()) {
    writeUnits(writer, text);
    return;
  }
  const start = writer.length;
  // ASCII needs one byte a unit, the rest at most three: most strings never reserve the threefold.
  for (const room of [length, length * 3]) {
    const header = 1 + (room < 0xfe ? 1 : 5);
    const data = writer.reserve(header + room) + header;
    const { read, written } = utf8Encoder.encodeInto(text, writer.bytes.subarray(data, data + room));
    const complete = read === length;
    writer.length = start;
    if (!complete) continue;
    writer.byte(TAG.utf8);
    if (room < 0xfe) writer.byte(written);
    else writer.wideCount(written);
    writer.reserve(written);
    return;
  }
}

function writeUnits(writer: ByteWriter, text: string): void {
  const length = text.length;
  writer.byte(TAG.utf16);
  writer.count(length);
  let at = writer.reserve(length * 2);
  const bytes = writer.bytes;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    bytes[at++] = unit;
    bytes[at++] = unit >> 8;
  }
}

/**
 * One array for each short length: `String.fromCharCode.apply` of a packed array of exactly the right length
 * is the fastest way to a flat short string that all engines share.
 */
const unitsOfLength: number[][] = Array.from({ length: MAX_SHORT_TEXT + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
);

/** The string of `length` (0…63) one-byte units at `start`. */
export function shortText(bytes: Uint8Array, start: number, length: number): string {
  const units = unitsOfLength[length]!;
  for (let i = 0; i < length; i++) units[i] = bytes[start + i]!;
  return String.fromCharCode.apply(null, units);
}

/** Reads the rest of a string whose tag was just read; undefined if the tag is not that of a string. */
export function readText(reader: ByteReader, tag: number): string | undefined {
  if ((tag & 0xc0) === TAG.shortText) {
    const length = tag & MAX_SHORT_TEXT;
    return shortText(reader.bytes, reader.take(length), length);
  }
  if (tag === TAG.utf8) {
    const length = reader.countOf(1);
    const start = reader.take(length);
    try {
      return utf8Decoder.decode(reader.bytes.subarray(start, start + length));
    } catch (cause) {
      throw new QueueCodecError("The item's bytes are corrupt: a string is not UTF-8.", { cause });
    }
  }
  return tag === TAG.utf16 ? readUnits(reader) : undefined;
}

function readUnits(reader: ByteReader): string {
  let left = reader.countOf(2);
  let at = reader.take(left * 2);
  const bytes = reader.bytes;
  let text = '';
  while (left > 0) {
    const length = Math.min(left, MAX_SHORT_TEXT);
    const units = unitsOfLength[length]!;
    for (let i = 0; i < length; i++, at += 2) units[i] = bytes[at]! | (bytes[at + 1]! << 8);
    text += String.fromCharCode.apply(null, units);
    left -= length;
  }
  return text;
}
