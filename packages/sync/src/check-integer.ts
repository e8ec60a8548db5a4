import { describeValue } from './describe-value.ts';

/**
 * Checks a whole number that comes from outside, where no type may have been checked.
 *
 * @param name what the message calls it: `count`, `options.maxBytes`
 * @returns the number
 * @throws TypeError when it is no number; RangeError when it is not whole, or not from `least` to `most`
 */
export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(mistake(name, least, most, describeValue(value)));
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(mistake(name, least, most, String(value)));
  }
  return value;
}

const mistake = (name: string, least: number, most: number, value: string): string =>
  `${name} must be a whole number from ${least} to ${most}, not ${value}`;
