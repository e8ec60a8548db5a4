/**
 * A histogram of durations in shared memory, a word per bucket: four buckets for each power of two of microseconds,
 * so a percentile read from it is right within a quarter. One thread writes, any reads. No function blocks.
 *
 * @packageDocumentation
 */

/** Words that a histogram takes: up to 2^32 microseconds, 71 minutes. Longer durations count as that. */
export const HISTOGRAM_WORDS = 128;

/** Counts a duration, in milliseconds. */
export function countDuration(words: Int32Array, at: number, milliseconds: number): void {
  const microseconds = Math.min(2 ** 32 - 1, Math.max(0, Math.round(milliseconds * 1000)));
  Atomics.add(words, at + bucketOf(microseconds), 1);
}

/** Adds the histogram at `at` to `sums`. */
export function addHistogram(words: Int32Array, at: number, sums: number[]): void {
  for (let i = 0; i < HISTOGRAM_WORDS; i++) sums[i] = (sums[i] ?? 0) + Atomics.load(words, at + i);
}

/** The duration, in milliseconds, that a `share` of what was counted does not exceed; 0 if nothing was counted. */
export function percentile(sums: readonly number[], share: number): number {
  const total = sums.reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (let bucket = 0; bucket < sums.length; bucket++) {
    left -= sums[bucket]!;
    if (left <= 0 && total > 0) return upperBound(bucket) / 1000;
  }
  return 0;
}

function bucketOf(microseconds: number): number {
  if (microseconds < 4) return microseconds;
  const exponent = 31 - Math.clz32(microseconds);
  return exponent * 4 + ((microseconds >>> (exponent - 2)) & 3);
}

function upperBound(bucket: number): number {
  if (bucket < 4) return bucket;
  const exponent = bucket >>> 2;
  return 2 ** exponent + ((bucket & 3) + 1) * 2 ** (exponent - 2);
}
