/**
 * Blocks come in sizes, so that a freed one fits the next item of about the same size. Small ones have four
 * sizes per doubling: 8, 10, 12, 14, 16, 20, ... words. Those of which fewer than eight fit into a page divide it
 * evenly instead: a half, a third, ... a seventh. Larger ones have pages of their own.
 */

/** From so many blocks per page on, sizes are taken from the table of small ones. */
const MANY = 8;
const SMALLEST = 8;

/** Number of the size of blocks that has room for `words`, which is at most half of `payload`. */
export function classOf(words: number, payload: number): number {
  const perPage = Math.floor(payload / words);
  if (perPage < MANY) return perPage;
  if (words <= SMALLEST) return MANY;
  const exponent = 31 - Math.clz32(words - 1);
  return MANY + 1 + ((exponent - 3) << 2) + (((words - 1) >>> (exponent - 2)) & 3);
}

/** Words of a block of size number `sizeClass`, in pages with room for `payload`. */
export function sizeOf(sizeClass: number, payload: number): number {
  if (sizeClass < MANY) return Math.floor(payload / sizeClass);
  if (sizeClass === MANY) return SMALLEST;
  const step = sizeClass - MANY - 1;
  return Math.min((5 + (step & 3)) << (1 + (step >>> 2)), Math.floor(payload / MANY));
}
