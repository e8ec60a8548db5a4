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

  const differing = (name: string, schedule: string) =>
    runOnThreads(new URL('./fixtures/differing.fixture.ts', import.meta.url), schedule, name);

  it.each([
    [
      'oneMoreBefore',
      '0.1',
      "Step 0 of schedule '0.1': the model did 'thread 0: add 1: 0', the threads 'thread 0: load: 0'",
    ],
    [
      'oneMoreBefore',
      '1.0',
      "Step 1 of schedule '1.0': the model did 'thread 0: add 1: 1', the threads 'thread 0: load: 0'",
    ],
    [
      'oneMoreAfter',
      '0.1',
      "Step 2 of schedule '0.1': the model did 'nothing', the threads 'thread 0: load: 0'",
    ],
    [
      'waitsAfter',
      '0.1',
      "Step 2 of schedule '0.1': the model did 'nothing', the threads 'thread 0: wait 0: waits'",
    ],
    [
      'oneLessBefore',
      '1.0x2',
      "Step 1 of schedule '1.0x2': the model did 'thread 0: load: 0', the threads 'thread 0: add 1: 1'",
    ],
    [
      'oneLessAfter',
      '0.1.0',
      "Step 2 of schedule '0.1.0': the model did 'thread 0: load: 0', the threads 'thread 0: end'",
    ],
    [
      'otherValue',
      '1.0x2',
      "Step 1 of schedule '1.0x2': the model did 'thread 0: store 1: 1', the threads 'thread 0: store 2: 2'",
    ],
    ['otherResult', '0', 'Thread 0 returned [0n,NaN,-0] on a real thread, but [0n,NaN,0] in the model'],
    ['throwing', '0.1', 'not in the model'],
  ])('names the first access in which a thread differs: %s by %s', async (name, schedule, message) => {
    await expect(differing(name, schedule)).rejects.toThrow(message);
  });

  it('leaves alone memory that setup did not look at, and compares all other', async () => {
    await expect(differing('attaching', '1.0')).resolves.toMatchObject({ results: [1, 0] });
    const { accesses } = await differing('adopted', '1.0');
    expect(accesses.map(({ thread }) => thread)).toEqual([1, 0]);
  });

  it('takes values as the model does, and the language', async () => {
    const results = [
      [-1, 1],
      [0, 1, 1, 1, -1],
    ];
    await expect(differing('converting', '0x2.1x5')).resolves.toMatchObject({ results });
  });

  it('compares results by content', async () => {
    await expect(differing('sameResult', '0')).resolves.toMatchObject({ results: [[0n, Number.NaN, 0]] });
  });

  it('cannot be had where a timeout fires in the model', async () => {
    await expect(differing('timing', '0')).rejects.toThrow(
      /a timeout fires in the model, which executed '0\.t0/,
    );
  });
});
