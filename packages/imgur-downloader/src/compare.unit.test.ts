import { describe, expect, it } from 'vitest';
import { main as compare } from './compare.ts';
import { main as processes } from './procs.ts';

describe('the number of workers', () => {
  const workers = 'options.workers must be a whole number, 1 or more, not';
  it.each([
    [0, RangeError, `${workers} 0`],
    [-1, RangeError, `${workers} -1`],
    [Number.NaN, RangeError, `${workers} NaN`],
    [1.5, RangeError, `${workers} 1.5`],
    [Number.POSITIVE_INFINITY, RangeError, `${workers} Infinity`],
    ['8', TypeError, `${workers} the string '8'`],
  ])('is not %o, and nobody has been asked then', async (value, kind, message) => {
    for (const main of [compare, processes]) {
      // Aborted: whoever goes on as far as that rejects with the reason.
      const error = await main({ workers: value as number }, AbortSignal.abort('went on')).catch(
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toBe(message);
    }
  });
});
