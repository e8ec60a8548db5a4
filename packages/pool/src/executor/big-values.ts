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
  typeof value === 'object' && value !== null && (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    ? value.byteLength
    : 0;
