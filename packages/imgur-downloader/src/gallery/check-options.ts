import { type Check, checkEach, milliseconds, object, oneOf, wholeNumber } from '../checks.ts';
import type { ApiFault, ImageFault } from './faults.ts';
import type { GalleryOptions } from './gallery-options.ts';

/** Every kind there is, by name. */
const IMAGE_FAULTS: Record<ImageFault['kind'], true> = {
  'not-found': true,
  removed: true,
  flaky: true,
  'rate-limited': true,
  reset: true,
  truncated: true,
  stalled: true,
  html: true,
  empty: true,
  corrupt: true,
  album: true,
  animated: true,
};
const API_FAULTS: Record<ApiFault['kind'], true> = {
  'server-error': true,
  'over-capacity': true,
  'rate-limited': true,
  exhausted: true,
  errors: true,
  unsuccessful: true,
  'not-json': true,
  'not-a-list': true,
};

/** A fault of one of these kinds, with whatever numbers it has. */
function fault(kinds: Record<string, true>): Check {
  const checkKind = oneOf(Object.keys(kinds));
  return (name, value) => {
    object(name, value);
    const { kind, ...numbers } = value as { kind: unknown; [number: string]: unknown };
    checkKind(`${name}.kind`, kind);
    for (const [key, number] of Object.entries(numbers)) {
      if (number !== undefined) wholeNumber(0)(`${name}.${key}`, number);
    }
  };
}

function imageFaults(name: string, value: unknown): void {
  object(name, value);
  const check = fault(IMAGE_FAULTS);
  for (const [image, each] of Object.entries(value as object)) {
    if (each !== undefined) check(`${name}[${image}]`, each);
  }
}

/** One for each option there is. */
const CHECKS: Required<Record<keyof GalleryOptions, Check>> = {
  images: wholeNumber(1),
  latency: milliseconds,
  holdUntil: wholeNumber(0),
  imageFaults,
  apiFault: fault(API_FAULTS),
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
