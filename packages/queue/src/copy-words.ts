/** Up to this many words a loop is faster than `TypedArray.prototype.set`, which needs a new view. */
const COPY_BY_LOOP = 48;

/**
 * Copies words `from` to `end` of `source` to word `to` of `target`, one of which threads share.
 *
 * V8 copies shared memory in one go only where both places are equally aligned to 8 bytes, and else byte by byte, which
 * takes eight times as long: more than a loop over the words.
 */
export function copyWords(
  source: Int32Array,
  from: number,
  end: number,
  target: Int32Array,
  to: number,
): void {
  if (end - from > COPY_BY_LOOP && ((from ^ to) & 1) === 0) target.set(source.subarray(from, end), to);
  else for (let i = from, at = to; i < end; i++, at++) target[at] = source[i]!;
}
