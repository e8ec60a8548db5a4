import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut, makeExecutor, planWith } from '../test/fixtures/soak.ts';

describe('an executor under all sorts of trouble', () => {
  it('settles every promise once, each in a way that it may', async () => {
    const plans = fc.array(planWith(80), { minLength: 400, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(plans, async (all) => {
        const executor = makeExecutor();
        const outcomes = await Promise.all(all.map((each, index) => carryOut(executor, index, each)));
        expect(outcomes).toHaveLength(all.length);
        await executor.shutdown();
        const { done, failed, queued, running, workers } = executor.stats();
        expect({ done, total: done + failed, queued, running, workers }).toEqual({
          done: outcomes.filter((each) => each === 'done').length,
          total: all.length,
          queued: 0,
          running: 0,
          workers: [],
        });
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
