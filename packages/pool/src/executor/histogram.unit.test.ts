import { describe, expect, it } from 'vitest';
import { addHistogram, countDuration, HISTOGRAM_WORDS, percentile } from './histogram.ts';

function histogramOf(durations: number[]): number[] {
  const words = new Int32Array(HISTOGRAM_WORDS);
  for (const each of durations) countDuration(words, 0, each);
  const sums: number[] = [];
  addHistogram(words, 0, sums);
  return sums;
}

describe('the histogram of durations', () => {
  it.each([0.001, 0.003, 0.004, 0.017, 0.5, 1, 3.7, 90, 12_345, 4_000_000])(
    'is right within a quarter for %d ms',
    (duration) => {
      const seen = percentile(histogramOf([duration]), 0.5);
      expect(seen).toBeGreaterThanOrEqual(duration);
      expect(seen).toBeLessThanOrEqual(duration * 1.25 + 1e-9);
    },
  );

  it('tells percentiles', () => {
    const sums = histogramOf([...new Array(90).fill(1), ...new Array(10).fill(100)]);
    expect(percentile(sums, 0.5)).toBeLessThan(1.3);
    expect(percentile(sums, 0.9)).toBeLessThan(1.3);
    expect(percentile(sums, 0.91)).toBeGreaterThanOrEqual(100);
    expect(percentile(histogramOf([]), 0.5)).toBe(0);
    expect(percentile(histogramOf([0]), 0.99)).toBe(0);
  });

  it('takes durations beyond its range for the longest', () => {
    expect(percentile(histogramOf([1e9]), 1)).toBeGreaterThan(4_000_000);
  });
});
