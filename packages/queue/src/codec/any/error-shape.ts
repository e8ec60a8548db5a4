import { className, domExceptionTexts, ownDataValue, quotaAmounts } from '@pkg/sync/kernel';
import { ERROR_FLAG, ERROR_NAMES, ERROR_VALUES, isExceptionClass, QUOTA_EXCEEDED } from './format.ts';

/** What of an error is written; see `error` in the format. */
export interface ErrorShape {
  readonly class: ErrorClass;
  readonly flags: number;
  /** Name, message and stack, as far as flagged. */
  readonly texts: readonly string[];
  /** The flagged ones of ERROR_VALUES. */
  readonly values: readonly (typeof ERROR_VALUES)[number][];
  /** Names of the enumerable own properties. */
  readonly fields: string[];
}

/** The built-in class of an error. */
export interface ErrorClass {
  /** In ERROR_NAMES. */
  readonly index: number;
  /** What its instances show unless they are given their own. */
  readonly name: string;
  readonly message: string;
  /** Of a QuotaExceededError; otherwise none. */
  readonly amounts: readonly (number | null)[];
}

/** The built-in class nearest to an error in its ancestry. Runs no user code but a proxy's. */
export function errorClass(error: object): ErrorClass {
  for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    const constructor = ownDataValue(proto, 'constructor');
    if (typeof constructor !== 'function') continue;
    // By name, for an error of another realm has that realm's classes.
    const name = ownDataValue(constructor, 'name') as string;
    const index = ERROR_NAMES.indexOf(name);
    if (isExceptionClass(index)) {
      const exception = exceptionClass(error, index);
      if (exception !== undefined) return exception;
    }
    // Built-in prototypes own their name.
    else if (index >= 0 && ownDataValue(proto, 'name') === name) {
      return { index, name, message: '', amounts: NO_AMOUNTS };
    }
  }
  return PLAIN;
}

const NO_AMOUNTS: readonly number[] = [];
const PLAIN: ErrorClass = { index: 0, name: 'Error', message: '', amounts: NO_AMOUNTS };

/** Undefined for what only goes by the name of such a class. */
function exceptionClass(error: object, index: number): ErrorClass | undefined {
  const texts = domExceptionTexts(error);
  const amounts = index === QUOTA_EXCEEDED ? quotaAmounts(error) : NO_AMOUNTS;
  if (texts === undefined || amounts === undefined) return undefined;
  return { index, name: texts[0], message: texts[1], amounts };
}

/**
 * May run user code (getters, `Error.prepareStackTrace`), and so may throw anything.
 *
 * @param reading told the name of each property before it is read
 */
export function describeErrorObject(error: Error, reading: (key: string) => void): ErrorShape {
  reading('name');
  const fields = Object.keys(error);
  const builtIn = errorClass(error);
  const texts: string[] = [];
  const values: (typeof ERROR_VALUES)[number][] = [];
  let flags = 0;

  const name = fields.includes('name') ? undefined : travellingName(error, builtIn);
  if (name !== undefined) {
    flags |= ERROR_FLAG.name;
    texts.push(name);
  }
  reading('message');
  if (!fields.includes('message')) {
    const message: unknown = error.message;
    // A class may have a message for all that are of it. An own one is whatever it was set to, and travels as the text
    // that it is shown as, as structured clone has it.
    if (Object.hasOwn(error, 'message') || (typeof message === 'string' && message !== builtIn.message)) {
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
  return { class: builtIn, flags, texts, values, fields };
}

/**
 * The name an error arrives with, or undefined if that of its built-in class says it all: its own, else that
 * of its class. Node's internal errors are of a class NodeError that pretends to be the built-in one.
 */
function travellingName(error: Error, builtIn: ErrorClass): string | undefined {
  const name: unknown = error.name;
  if (typeof name === 'string' && name !== builtIn.name) return name;
  // Every DOMException has a name of its own already.
  if (isExceptionClass(builtIn.index)) return undefined;
  const ofClass = className(error);
  return ofClass === undefined || ofClass === builtIn.name || ofClass === 'NodeError' ? undefined : ofClass;
}
