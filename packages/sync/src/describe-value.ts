import { isError } from './is-error.ts';

const MAX_SHOWN = 60;

/** A short text that shows a value and its type in an error message. Never throws; runs no user code but a proxy's. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return describeFunction(value);
    case 'undefined':
      return 'undefined';
    case 'string':
      return `the string ${shorten(JSON.stringify(value.slice(0, MAX_SHOWN + 1)))}`;
    case 'number':
      return `the number ${Object.is(value, -0) ? '-0' : value}`;
    case 'bigint':
      // Printing digits takes quadratic time, so a giant is not printed.
      return value > -(2n ** 256n) && value < 2n ** 256n ? `the bigint ${value}n` : 'a large bigint';
    case 'boolean':
      return `the boolean ${value}`;
    case 'symbol':
      return `the symbol ${shorten(value.toString())}`;
    default:
      return value === null ? 'null' : describeObject(value as object);
  }
}

function describeFunction(value: object): string {
  try {
    const what = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
    const name = ownDataValue(value, 'name');
    return typeof name === 'string' && name !== '' ? `the ${what} ${shorten(name)}` : `a ${what}`;
  } catch {
    return 'a proxy of a function';
  }
}

function describeObject(value: object): string {
  try {
    const name = className(value);
    const what = name === undefined ? 'an object' : /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`;
    return Array.isArray(value) ? `${what} of length ${value.length}` : what;
  } catch {
    // It was revoked, or one of its traps throws.
    return 'a proxy';
  }
}

/** Name of the most derived class of an object, or undefined. Reads data properties only. */
export function className(value: object): string | undefined {
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
    const constructor = ownDataValue(proto, 'constructor');
    if (typeof constructor !== 'function') continue;
    const name = ownDataValue(constructor, 'name');
    return typeof name === 'string' && name !== '' ? name : undefined;
  }
  return undefined;
}

/** The value of an own data property; undefined for an accessor, which would be user code. */
export function ownDataValue(holder: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** What a thrown value has to say; a thrown value can be anything, with a `message` that itself throws. Never throws. */
export function messageOf(thrown: unknown): string {
  try {
    if (isError(thrown)) return String(thrown.message);
  } catch {
    // Falls through to a description that runs no user code.
  }
  return describeValue(thrown);
}
