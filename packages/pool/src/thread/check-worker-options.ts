import { SHARE_ENV } from 'node:worker_threads';
import { describeValue } from '@pkg/sync/kernel';

/** What Node takes for a worker of its own accord or refuses only when it starts one. */
interface WorkerOptions {
  readonly resourceLimits?: unknown;
  readonly env?: unknown;
  readonly execArgv?: unknown;
  readonly argv?: unknown;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** What each option must be, if it is there. */
const EXPECTED = {
  resourceLimits: [isObject, 'an object such as { maxOldGenerationSizeMb: 64 }'],
  env: [(value: unknown) => isObject(value) || value === SHARE_ENV, 'an object of strings, or SHARE_ENV'],
  execArgv: [isStrings, "an array of strings such as ['--conditions=dev']"],
  argv: [isStrings, "an array of strings such as ['--verbose']"],
} as const;

/**
 * Checks the options that go on to the worker, so that a wrong one is told of by who was given it.
 *
 * @throws TypeError naming the option and its value
 */
export function checkWorkerOptions(options: WorkerOptions): void {
  for (const name of Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]) {
    const value = options[name];
    const [fits, expected] = EXPECTED[name];
    if (value === undefined || fits(value)) continue;
    throw new TypeError(`options.${name} must be ${expected}, not ${describeValue(value)}`);
  }
}
