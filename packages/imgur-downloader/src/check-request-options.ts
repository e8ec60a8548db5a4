import {
  type Check,
  checkEach,
  LONGEST_TIMER,
  milliseconds,
  mistaken,
  number,
  wholeNumber,
} from './checks.ts';
import type { GetLinksOptions } from './get-links-options.ts';
import type { RequestOptions } from './request.ts';

const orNoLimit = (expected: string, accepts: (value: number) => boolean): Check =>
  number(`${expected}, or Infinity for no limit`, (value) => value === Infinity || accepts(value));

const REQUEST: Required<Record<keyof RequestOptions, Check>> = {
  timeout: orNoLimit(
    `a number of milliseconds, more than 0 and at most ${LONGEST_TIMER}`,
    (value) => value > 0 && value <= LONGEST_TIMER,
  ),
  retries: orNoLimit('a whole number, 0 or more', (value) => Number.isSafeInteger(value) && value >= 0),
  retryDelay: milliseconds,
  maxWait: orNoLimit('a number of milliseconds, 0 or more', (value) => value >= 0),
  maxBytes: orNoLimit('a whole number, 1 or more', (value) => Number.isSafeInteger(value) && value >= 1),
  signal: abortSignal,
};

const GET_LINKS: Required<Record<keyof GetLinksOptions, Check>> = {
  ...REQUEST,
  apiBase: typeOf('string'),
  page: wholeNumber(0),
  announce: typeOf('function'),
};

/**
 * Looks at options of a request. Options that there are not are passed over, as those of `getLinks` are options of a
 * download as well.
 *
 * @throws TypeError for a value of a wrong type, RangeError for a number that is out of bounds
 */
export function checkRequestOptions(options: unknown): void {
  checkEach(options, REQUEST);
}

/**
 * Looks at options of `getLinks`.
 *
 * @throws TypeError for a value of a wrong type, RangeError for a number that is out of bounds
 */
export function checkGetLinksOptions(options: unknown): void {
  checkEach(options, GET_LINKS);
}

function typeOf(type: 'string' | 'function'): Check {
  return (name, value) => {
    if (typeof value !== type) throw mistaken(name, `a ${type}`, value);
  };
}

function abortSignal(name: string, value: unknown): void {
  if (value instanceof AbortSignal) return;
  // One of another realm, or of a library's own.
  const signal = Object(value) as Partial<AbortSignal>;
  const methods = [signal.addEventListener, signal.removeEventListener, signal.throwIfAborted];
  if (typeof signal.aborted === 'boolean' && methods.every((method) => typeof method === 'function')) return;
  throw mistaken(name, 'an AbortSignal', value);
}
