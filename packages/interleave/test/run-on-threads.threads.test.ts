import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay, scheduleArbitrary } from '../src/index.ts';
import { runOnThreads } from '../src/node/index.ts';
import { handover } from './fixtures/handover.fixture.ts';

const module = new URL('./fixtures/handover.fixture.ts', import.meta.url);

describe('the same schedule on real threads', () => {
  it.each(['0x20.1x20.2x20', '2.0x2.1x3.0x9.1x9', '0.1x2.0.1.0x5', '2x9.1.0x2.1x9.0x9'])(
    'gives the same trace: %s',
    async (schedule) => {
      const model = replay(handover, schedule);
      const report = await runOnThreads(module, schedule, 'handover');
      expect(report.accesses.length).toBeGreaterThan(8);
      expect(report.results).toEqual(model.results);
    },
  );

  it('gives the same trace for schedules at random', async () => {
    const schedules = fc.sample(scheduleArbitrary({ threads: 3 }), { numRuns: 3, seed: 11 });
    for (const schedule of schedules) {
      await expect(runOnThreads(module, schedule, 'handover')).resolves.toMatchObject({
        results: expect.any(Array),
      });
    }
  });

  it('cannot be had with faults, or without the scenario', async () => {
    await expect(runOnThreads(module, '0x2.k0', 'handover')).rejects.toThrow(RangeError);
    await expect(runOnThreads(module, '0', 'nothing')).rejects.toThrow(/exports no scenario 'nothing'/);
  });
});
