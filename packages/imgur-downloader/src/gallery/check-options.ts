import { inspect } from 'node:util';
import type { GalleryOptions } from './gallery-options.ts';

/** The longest delay that a timer of Node's takes: a longer one would be none at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Check = (name: string, value: unknown) => void;

/** One for each option there is. */
const CHECKS: Required<Record<keyof GalleryOptions, Check>> = {
  images: wholeNumber(1),
  latency: milliseconds,
  holdUntil: wholeNumber(0),
  imageFaults: object,
  apiFault: object,
};

/**
 * Looks at options that come from outside, where no type may have been checked. Changes nothing.
 *
 * @throws TypeError for a value of a wrong type, and for an option that there is not; RangeError for a number that is out
 *   of bounds
 */
export function checkGalleryOptions(options: unknown): void {
  object('options', options);
  for (const [key, value] of Object.entries(options as object)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(CHECKS, key)) {
      const known = Object.keys(CHECKS).join(', ');
      throw new TypeError(`options.${key} is not an option of a gallery: these are ${known}`);
    }
    CHECKS[key as keyof GalleryOptions](`options.${key}`, value);
  }
}

function wholeNumber(least: number): Check {
  return (name, value) => {
    const expected = `${name} must be a whole number, ${least} or more`;
    if (typeof value !== 'number') throw new TypeError(`${expected}, not ${describe(value)}`);
    if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`${expected}, not ${value}`);
  };
}

function milliseconds(name: string, value: unknown): void {
  const expected = `${name} must be a number of milliseconds from 0 to ${LONGEST_TIMER}`;
  if (typeof value !== 'number') throw new TypeError(`${expected}, not ${describe(value)}`);
  if (!(value >= 0 && value <= LONGEST_TIMER)) throw new RangeError(`${expected}, not ${value}`);
}

function object(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new TypeError(`${name} must be an object, not ${describe(value)}`);
}

/** A value and its type, as "the string '5'". Runs no code of the value's own. */
function describe(value: unknown): string {
  const shown = inspect(value, {
    depth: 0,
    customInspect: false,
    maxStringLength: 60,
    breakLength: Infinity,
  });
  return value === null || value === undefined ? shown : `the ${typeof value} ${shown}`;
}
