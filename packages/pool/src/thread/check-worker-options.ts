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
 * @throws TypeError, or a RangeError for a number out of its bounds, naming the option and its value
 */
export function checkWorkerOptions(options: WorkerOptions): void {
  for (const name of Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]) {
    const value = options[name];
    const [fits, expected] = EXPECTED[name];
    if (value === undefined || fits(value)) continue;
    throw new TypeError(`options.${name} must be ${expected}, not ${describeValue(value)}`);
  }
  if (options.resourceLimits !== undefined) checkLimits(options.resourceLimits as object);
}

/** The limits that Node knows. It takes others, and values that make no sense, for no limit at all. */
const LIMITS = ['maxYoungGenerationSizeMb', 'maxOldGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'];

/** With less, in MiB, the engine does not come to the end of its own start, and the process dies, with a signal even. */
const LEAST_STACK = 0.25;

function checkLimits(limits: object): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMITS.includes(name)) {
      const known = `${LIMITS.slice(0, -1).join(', ')} and ${LIMITS.at(-1)}`;
      throw new TypeError(`options.resourceLimits has no limit '${name}': there are ${known}`);
    }
    if (name === 'stackSizeMb' && typeof value === 'number' && value > 0 && value < LEAST_STACK) {
      throw new RangeError(
        `options.resourceLimits.stackSizeMb must be ${LEAST_STACK} MiB or more, not ${describeValue(value)}: ` +
          'a thread with less ends the whole process as it starts',
      );
    }
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    // What `resourceLimits` of node:worker_threads tells of a thread without that limit; it may be handed on.
    if (name === 'codeRangeSizeMb' && value === 0) continue;
    const text = `options.resourceLimits.${name} must be a finite number of MiB above 0, not ${describeValue(value)}`;
    throw typeof value === 'number' ? new RangeError(text) : new TypeError(text);
  }
}
