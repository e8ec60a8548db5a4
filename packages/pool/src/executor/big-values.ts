import { types } from '../builtins.ts';
import { byteLengthOf } from '../thread/byte-length-of.ts';

/** Bytes from which a buffer is copied once and moved, instead of in and out of the queue's memory. */
const BIG = 512 * 1024;

/** Whether `value`, or something directly in it, is a buffer that is better posted than put on a queue. */
export function isBig(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (sizeOf(value) >= BIG) return true;
  if (Array.isArray(value)) return value.length <= 16 && value.some((each) => sizeOf(each) >= BIG);
  return false;
}

const sizeOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && (ArrayBuffer.isView(value) || types.isArrayBuffer(value))
    ? byteLengthOf(value)
    : 0;

/** The big buffers directly in `values`, each of them the values' own: they may be moved. */
export function movables(values: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const each of Array.isArray(values) ? values : [values]) {
    if (sizeOf(each) < BIG) continue;
    const buffer: unknown = ArrayBuffer.isView(each) ? each.buffer : each;
    if (types.isArrayBuffer(buffer)) found.add(buffer);
  }
  return [...found];
}
