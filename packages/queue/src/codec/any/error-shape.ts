import { className, ownDataValue } from '@pkg/sync/kernel';
import { ERROR_FLAG, ERROR_NAMES, ERROR_VALUES } from './format.ts';

/** What of an error is written; see `error` in the format. */
export interface ErrorShape {
  readonly classIndex: number;
  readonly flags: number;
  /** Name, message and stack, as far as flagged. */
  readonly texts: readonly string[];
  /** The flagged ones of ERROR_VALUES. */
  readonly values: readonly (typeof ERROR_VALUES)[number][];
  /** Names of the enumerable own properties. */
  readonly fields: string[];
}

/** The built-in class nearest to an error in its ancestry, as an index in ERROR_NAMES. */
export function errorClass(error: object): number {
  for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    // By name, for an error of another realm has that realm's classes. Built-in prototypes own their name.
    const index = ERROR_NAMES.indexOf(ownDataValue(proto, 'name') as string);
    const constructor = ownDataValue(proto, 'constructor');
    if (index >= 0 && typeof constructor === 'function') {
      if (ownDataValue(constructor, 'name') === ERROR_NAMES[index]) return index;
    }
  }
  return 0;
}

/**
 * May run user code (getters, `Error.prepareStackTrace`), and so may throw anything.
 *
 * @param reading told the name of each property before it is read
 */
export function describeErrorObject(error: Error, reading: (key: string) => void): ErrorShape {
  reading('name');
  const fields = Object.keys(error);
  const classIndex = errorClass(error);
  const texts: string[] = [];
  const values: (typeof ERROR_VALUES)[number][] = [];
  let flags = 0;

  const name = fields.includes('name') ? undefined : travellingName(error, ERROR_NAMES[classIndex]!);
  if (name !== undefined) {
    flags |= ERROR_FLAG.name;
    texts.push(name);
  }
  reading('message');
  if (!fields.includes('message')) {
    const message: unknown = error.message;
    // A DOMException's message is not its own, but is its message all the same. An own one is whatever it was set to,
    // and travels as the text that it is shown as, as structured clone has it.
    if (Object.hasOwn(error, 'message') || (typeof message === 'string' && message !== '')) {
      flags |= ERROR_FLAG.message;
      texts.push(`${message}`);
    }
  }
  reading('stack');
  // Not an own property in every engine.
  const stack: unknown = fields.includes('stack') ? undefined : error.stack;
  if (typeof stack === 'string') {
    flags |= ERROR_FLAG.stack;
    texts.push(stack);
  }
  for (const key of ERROR_VALUES) {
    if (!Object.hasOwn(error, key) || fields.includes(key)) continue;
    flags |= ERROR_FLAG[key];
    values.push(key);
  }
  return { classIndex, flags, texts, values, fields };
}

/**
 * The name an error arrives with, or undefined if that of its built-in class says it all: its own, else that
 * of its class. Node's internal errors are of a class NodeError that pretends to be the built-in one.
 */
function travellingName(error: Error, builtIn: string): string | undefined {
  const name: unknown = error.name;
  if (typeof name === 'string' && name !== builtIn) return name;
  const ofClass = className(error);
  return ofClass === undefined || ofClass === builtIn || ofClass === 'NodeError' ? undefined : ofClass;
}
