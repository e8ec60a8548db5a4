import { withType } from './with-type.ts';

/**
 * Checks that options are an object and have none but those that are known: a misspelt one would leave the default in
 * force without a word.
 *
 * @param example options as they might be, for the message
 * @throws {TypeError} naming the option and those that there are
 */
export function checkOptions(options: object, known: readonly string[], example: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options are an object such as ${example}, not ${withType(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`there is no option '${unknown}'; there are ${known.join(', ')}`);
  }
}

/**
 * A whole number from `least` to `most`, or infinity where that is the most.
 *
 * @throws {RangeError} naming the option, its value and what it takes
 */
export function checkWhole(name: string, value: unknown, least: number, most: number): number {
  const fits = Number.isInteger(value) || (value === Number.POSITIVE_INFINITY && most === value);
  if (typeof value !== 'number' || !fits || value < least || value > most) {
    throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${withType(value)}`);
  }
  return value;
}
