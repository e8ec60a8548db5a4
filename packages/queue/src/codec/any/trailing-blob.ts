import { MAX_SHORT_TEXT, TAG } from './format.ts';

/** Values that are looked at before giving up: the look happens under a lock. */
const MOST_VALUES = 64;

/**
 * How many bytes of buffer an item in the format of `format.ts` ends with: whoever copies the item may then copy these
 * to where they are to stay. Finds the buffer at the end of a lone view, and of the usual messages around one: arrays
 * and objects in which only simple values stand before it. Safe for any bytes; what it finds, the decoder finds too, as
 * it reads the same bytes in the same order.
 *
 * @param start index of the item's first byte
 * @param end index after its last
 * @returns 0 when there is none, or none that is found so
 */
export function trailingBlob(bytes: Uint8Array, start: number, end: number): number {
  const walk = { bytes, at: start, end, left: MOST_VALUES };
  for (;;) {
    if (!(walk.at < end) || walk.left-- <= 0) return 0;
    const tag = bytes[walk.at++]!;
    if (tag === TAG.view) {
      walk.at += 2;
      readCount(walk);
      readCount(walk);
    } else if (tag === TAG.buffer || tag === TAG.bigBuffer) {
      const length = readCount(walk);
      if (tag === TAG.bigBuffer) walk.at += 1 + bytes[walk.at]!;
      return length === end - walk.at ? length : 0;
    } else if (tag === TAG.array || tag === TAG.object) {
      const count = readCount(walk);
      if (!(count > 0) || !skipValues(walk, tag === TAG.array ? count - 1 : 2 * count - 1)) return 0;
    } else return 0;
  }
}

interface Walk {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  left: number;
}

function skipValues(walk: Walk, count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (walk.left-- <= 0 || !skipSimple(walk)) return false;
  }
  return true;
}

function skipSimple(walk: Walk): boolean {
  if (!(walk.at < walk.end)) return false;
  const tag = walk.bytes[walk.at++]!;
  if (tag >= TAG.smallInt) return true;
  if (tag >= TAG.shortText) walk.at += tag & MAX_SHORT_TEXT;
  else if (tag === TAG.int32) walk.at += 4;
  else if (tag === TAG.float64 || tag === TAG.date || tag === TAG.bigInt64) walk.at += 8;
  else if (tag === TAG.utf8 || tag === TAG.utf16) {
    const length = readCount(walk);
    walk.at += tag === TAG.utf8 ? length : 2 * length;
  } else return tag <= TAG.false;
  return true;
}

/** What `ByteWriter.count` wrote, below 2³²; NaN for more, and where the bytes end. */
function readCount(walk: Walk): number {
  const { bytes, at } = walk;
  if (!(at < walk.end)) return Number.NaN;
  const first = bytes[at]!;
  walk.at = at + (first < 0xfe ? 1 : 5);
  if (first < 0xfe) return first;
  if (first === 0xff || walk.at > walk.end) return Number.NaN;
  return (bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24)) >>> 0;
}
