import { describe, expect, it } from 'vitest';
import { ThreadPoolExecutor } from '../thread-pool-executor.ts';
import { checkWorkerOptions } from './check-worker-options.ts';

describe('resourceLimits', () => {
  it.each([
    {},
    { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64, codeRangeSizeMb: 16, stackSizeMb: 0.5 },
    { maxOldGenerationSizeMb: undefined },
    { stackSizeMb: 0.25 },
  ])('may be %o', (resourceLimits) => {
    expect(() => checkWorkerOptions({ resourceLimits })).not.toThrow();
  });

  it('may be those that Node tells of a thread that was given none', () => {
    const resourceLimits = {
      maxYoungGenerationSizeMb: 48,
      maxOldGenerationSizeMb: 2096,
      codeRangeSizeMb: 0,
      stackSizeMb: 4,
    };
    expect(() => checkWorkerOptions({ resourceLimits })).not.toThrow();
  });

  it.each<[object, typeof TypeError, string]>([
    [
      { maxOldGenerationSizeMb: 'x' },
      TypeError,
      'options.resourceLimits.maxOldGenerationSizeMb must be a finite number of MiB above 0, not the string "x"',
    ],
    [{ maxYoungGenerationSizeMb: null }, TypeError, 'not null'],
    [{ stackSizeMb: '0.2' }, TypeError, 'above 0, not the string "0.2"'],
    [{ stackSizeMb: Number.NaN }, RangeError, 'not the number NaN'],
    [
      { stackSizeMb: 0.2 },
      RangeError,
      'options.resourceLimits.stackSizeMb must be 0.25 MiB or more, not the number 0.2',
    ],
    [{ codeRangeSizeMb: -1 }, RangeError, 'not the number -1'],
    [{ maxOldGenerationSizeMb: 0 }, RangeError, 'not the number 0'],
    [{ maxOldGenerationSizeMb: Number.POSITIVE_INFINITY }, RangeError, 'not the number Infinity'],
    [
      { maxOldGenerationSizeMB: 64 },
      TypeError,
      "options.resourceLimits has no limit 'maxOldGenerationSizeMB': there are maxYoungGenerationSizeMb, " +
        'maxOldGenerationSizeMb, codeRangeSizeMb and stackSizeMb',
    ],
    [[64], TypeError, "has no limit '0'"],
  ])('may not be %o', (resourceLimits, errorClass, message) => {
    expect(() => checkWorkerOptions({ resourceLimits })).toThrow(errorClass);
    expect(() => checkWorkerOptions({ resourceLimits })).toThrow(message);
  });

  it('are checked for an executor that has no worker yet', () => {
    const options = { minWorkers: 0, resourceLimits: { stackSizeMb: -1 } };
    expect(() => new ThreadPoolExecutor(import.meta.url, options)).toThrow(RangeError);
  });
});
