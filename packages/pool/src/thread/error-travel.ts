/**
 * Carries whatever was thrown in one thread to another: errors as instances of the same class (built-in or
 * registered), with message, stack, cause, `AggregateError.errors` and own fields; other values as structured
 * clone carries them. Packing never throws: what cannot travel arrives as the text that `inspect` shows, shared objects and
 * what holds one among it.
 *
 * @packageDocumentation
 */
import {
  classNamesOf,
  errorClassOf,
  isError,
  makeQuotaExceeded,
  type QuotaAmounts,
  quotaAmounts,
} from '@pkg/sync/kernel';
import { inspect } from '../builtins.ts';
import { arrivesWhole } from './arrives-whole.ts';

/** How deep lists of errors may lie directly within each other: each level takes stack on either side. */
const DEEPEST_LIST = 100;

/** A thrown value, structured-cloneable. Errors refer to each other by index, as causes may form a cycle. */
export interface PackedError {
  readonly errors: PackedErrorBody[];
  readonly root: PackedValue;
}

/** `error`: index into {@link PackedError.errors}. */
type PackedValue = { value: unknown } | { error: number } | { list: PackedValue[] } | { text: string };

interface PackedErrorBody {
  names: string[];
  message: string;
  stack: string | undefined;
  /** Of a QuotaExceededError, which has them in slots. */
  amounts: QuotaAmounts | undefined;
  fields: { key: string; value: PackedValue; enumerable: boolean }[];
}

/** The members of a list of errors, as in `AggregateError.errors`; undefined for whatever is none. */
const errorsIn = (value: unknown): unknown[] | undefined =>
  attempt(() => (Array.isArray(value) && value.some(isError) ? Array.from(value) : undefined), undefined);

/**
 * Packs whatever was thrown. Never throws.
 *
 * @param asText whether objects that are no errors travel as text, for a way that bytes alone can go
 */
export const packError = (thrown: unknown, asText: boolean = false): PackedError =>
  errorPacker(asText)(thrown);

/** {@link packError} for the values of one message: an error that several of them lead to, as a cause say, is packed once. */
export function errorPacker(asText: boolean = false): (thrown: unknown) => PackedError {
  const errors: PackedErrorBody[] = [];
  const seen = new Map<Error, number>();
  /** The lists that are being packed: one that contains itself is cloned there. */
  const lists = new Set<unknown>();

  /** @param depth how many lists the value lies in, directly within each other */
  const packValue = (value: unknown, depth: number = 0): PackedValue => {
    if (isError(value)) return { error: packOne(value) };
    const members = lists.has(value) ? undefined : errorsIn(value);
    if (members !== undefined) {
      if (depth === DEEPEST_LIST) return { text: textOf(value) };
      lists.add(value);
      try {
        return { list: members.map((member) => packValue(member, depth + 1)) };
      } finally {
        lists.delete(value);
      }
    }
    if (asText && typeof value === 'object' && value !== null) return { text: textOf(value) };
    try {
      if (arrivesWhole(value)) return { value: structuredClone(value) };
    } catch {
      // As what lies too deep.
    }
    return { text: textOf(value) };
  };

  const packOne = (error: Error): number => {
    const known = seen.get(error);
    if (known !== undefined) return known;
    const body: PackedErrorBody = {
      // The name of a class may be a static member, and so be anything.
      names: attempt(() => classNamesOf(error).filter((name) => typeof name === 'string'), ['Error']),
      message: attempt(() => String(error.message), ''),
      stack: attempt(() => (typeof error.stack === 'string' ? error.stack : undefined), undefined),
      amounts: quotaAmounts(error),
      fields: [],
    };
    const index = errors.push(body) - 1;
    seen.set(error, index);
    for (const key of attempt(() => Object.getOwnPropertyNames(error), [])) {
      if (key === 'stack' || key === 'message') continue;
      const enumerable = attempt(
        () => Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? false,
        false,
      );
      const value = attempt(() => (error as unknown as Record<string, unknown>)[key], undefined);
      // Causes may lie deeper within each other than the stack reaches.
      const packed = attempt(() => packValue(value), { text: 'a value that lies too deep' });
      body.fields.push({ key, value: packed, enumerable });
    }
    // A DOMException keeps its name in a slot, and an unregistered class may keep it on its prototype: neither
    // would be there on the other side.
    const name = attempt(() => (Object.hasOwn(error, 'name') ? undefined : error.name), undefined);
    const inherited = attempt(() => errorClassOf(body.names).prototype.name, undefined);
    if (typeof name === 'string' && name !== inherited) {
      body.fields.push({ key: 'name', value: { value: name }, enumerable: false });
    }
    return index;
  };

  return (thrown) => ({ root: packValue(thrown), errors });
}

/** The errors that have been made of those in a message. */
export type MadeErrors = Map<readonly PackedErrorBody[], readonly Error[]>;

/**
 * The thrown value, on the other side.
 *
 * @param localStack frames of this side, appended to the stack of the error itself
 * @param made one for all values of a message, so that an error which several of them lead to is one
 */
export function unpackError(
  packed: PackedError,
  localStack: string = '',
  made: MadeErrors = new Map(),
): unknown {
  const known = made.get(packed.errors);
  if (known !== undefined) return unpackValue(packed.root, known);
  const errors = packed.errors.map((body) => {
    const { prototype } = errorClassOf(body.names);
    // The getters of a DOMException work on nothing else.
    const isException = prototype === DOMException.prototype || prototype instanceof DOMException;
    const error = isException ? makeException(body) : new Error(body.message);
    return Object.getPrototypeOf(error) === prototype ? error : Object.setPrototypeOf(error, prototype);
  });
  made.set(packed.errors, errors);
  packed.errors.forEach((body, index) => {
    const error = errors[index]!;
    const isRoot = 'error' in packed.root && packed.root.error === index;
    const stack = body.stack ?? `${body.names[0] ?? 'Error'}: ${body.message}`;
    define(error, 'stack', isRoot ? stack + localStack : stack, false);
    for (const { key, value, enumerable } of body.fields) {
      define(error, key, unpackValue(value, errors), enumerable);
    }
  });
  return unpackValue(packed.root, errors);
}

function unpackValue(value: PackedValue, errors: readonly Error[]): unknown {
  if ('error' in value) return errors[value.error];
  if ('list' in value) return value.list.map((member) => unpackValue(member, errors));
  return 'text' in value ? value.text : value.value;
}

function makeException(body: PackedErrorBody): DOMException {
  const { message, amounts } = body;
  const quotaExceeded = amounts && makeQuotaExceeded(message, amounts);
  return quotaExceeded ?? new DOMException(message, nameIn(body));
}

/** The name that an error has been given. */
function nameIn({ fields }: PackedErrorBody): string | undefined {
  const name = fields.find(({ key }) => key === 'name')?.value;
  return name !== undefined && 'value' in name && typeof name.value === 'string' ? name.value : undefined;
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

const textOf = (value: unknown): string =>
  attempt(() => inspect(value), `${typeof value} that cannot be shown`);
