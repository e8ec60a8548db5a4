import { describeValue } from './describe-value.ts';

/**
 * Checks an argument that counts something.
 *
 * @throws TypeError when it is no integer, RangeError when it is out of range
 */
export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`${name} must be an integer, not ${describeValue(value)}`);
  }
  if (value < least || value > most)
    throw new RangeError(`${name} must be ${least} to ${most}, not ${value}`);
}
