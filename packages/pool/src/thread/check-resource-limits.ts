import { describeValue } from '@pkg/sync/kernel';

/**
 * Checks the limits of a worker, of which Node takes anything for none.
 *
 * @throws TypeError naming the value
 */
export function checkResourceLimits(value: unknown): void {
  if (value === undefined || (typeof value === 'object' && value !== null)) return;
  throw new TypeError(
    `options.resourceLimits must be an object such as { maxOldGenerationSizeMb: 64 }, not ${describeValue(value)}`,
  );
}
