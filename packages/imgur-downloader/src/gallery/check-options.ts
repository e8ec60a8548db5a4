import { type Check, checkEach, milliseconds, object, wholeNumber } from '../checks.ts';
import type { GalleryOptions } from './gallery-options.ts';

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
  checkEach(options, CHECKS);
  for (const [name, value] of Object.entries(options as object)) {
    if (value === undefined || Object.hasOwn(CHECKS, name)) continue;
    const known = Object.keys(CHECKS).join(', ');
    throw new TypeError(`options.${name} is not an option of a gallery: these are ${known}`);
  }
}
