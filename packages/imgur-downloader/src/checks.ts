/** The longest delay that a timer of Node's takes, in milliseconds: a longer one would be none at all. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Looks at a value that comes from outside, where no type may have been checked.
 *
 * @param name what the message calls it
 * @throws TypeError for a value of a wrong type, RangeError for a number that is out of bounds
 */
export type Check = (name: string, value: unknown) => void;

/**
 * Looks at each option that there is a check for, unless it is left out. One that is inherited counts, as it does for those
 * who read it.
 *
 * @throws TypeError when the options are no object; what the checks throw
 */
export function checkEach(options: unknown, checks: Record<string, Check>): void {
  object('options', options);
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    if (value !== undefined) check(`options.${name}`, value);
  }
}

/**
 * A number that is within its bounds.
 *
 * @param expected the bounds in words, for the message
 */
export function number(expected: string, accepts: (value: number) => boolean): Check {
  return (name, value) => {
    if (typeof value !== 'number') throw mistaken(name, expected, value);
    if (!accepts(value)) throw new RangeError(`${name} must be ${expected}, not ${value}`);
  };
}

/** A whole number that is not below `least`. */
export const wholeNumber = (least: number): Check =>
  number(`a whole number, ${least} or more`, (value) => Number.isSafeInteger(value) && value >= least);

/** A number of threads or processes: with none of them, what waits for their work would wait for ever. */
export const checkWorkers = wholeNumber(1);

/** A delay of a timer. */
export const milliseconds: Check = number(
  `a number of milliseconds from 0 to ${LONGEST_TIMER}`,
  (value) => value >= 0 && value <= LONGEST_TIMER,
);

/** One of these texts. */
export function oneOf(known: readonly string[]): Check {
  return (name, value) => {
    if (!known.includes(value as string)) throw mistaken(name, `one of ${known.join(', ')}`, value);
  };
}

/** An object of whatever kind. */
export function object(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw mistaken(name, 'an object', value);
}

/** The error for a value of a wrong type, which it shows, as "the string '5'". Runs no code of the value's own. */
export function mistaken(name: string, expected: string, value: unknown): TypeError {
  // Not by import: nobody needs it who makes no mistake, and every thread would load it.
  const { inspect } = process.getBuiltinModule('node:util');
  const shown = inspect(value, {
    depth: 0,
    customInspect: false,
    maxStringLength: 60,
    breakLength: Infinity,
  });
  const described = value === null || value === undefined ? shown : `the ${typeof value} ${shown}`;
  return new TypeError(`${name} must be ${expected}, not ${described}`);
}
