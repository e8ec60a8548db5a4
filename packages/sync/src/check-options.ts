import { describeValue } from './describe-value.ts';

/**
 * Checks that options are an object, before anything is read from them: a number given in their place would pass for
 * options that are all left out.
 *
 * @param example options as they might be, for the message
 * @throws TypeError when they are none, showing what was given
 */
export function checkOptions(options: unknown, example: string): void {
  if (typeof options === 'object' && options !== null) return;
  throw new TypeError(`options must be an object, such as ${example}, not ${describeValue(options)}`);
}

/**
 * An option that is either set or not.
 *
 * @returns `value`, and `false` where it is left out
 * @throws TypeError for anything but a boolean, showing the value
 */
export function checkFlag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw new TypeError(`options.${name} must be true or false, not ${describeValue(value)}`);
}
