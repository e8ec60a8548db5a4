/**
 * Carries whatever was thrown in one thread to another: errors as instances of the same class (built-in or
 * registered), with message, stack, cause, `AggregateError.errors` and own fields; other values as structured
 * clone carries them. Packing never throws: what cannot travel arrives as the text that `inspect` shows.
 *
 * @packageDocumentation
 */
import { classNamesOf, errorClassOf } from '@pkg/sync/kernel';
import { inspect, types } from '../builtins.ts';

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
  fields: { key: string; value: PackedValue; enumerable: boolean }[];
}

const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;

/** Packs whatever was thrown. Never throws. */
export function packError(thrown: unknown): PackedError {
  const errors: PackedErrorBody[] = [];
  const seen = new Map<Error, number>();

  const packValue = (value: unknown): PackedValue => {
    if (isError(value)) return { error: packOne(value) };
    // Errors in a list, as in AggregateError.errors.
    if (Array.isArray(value) && value.some(isError)) return { list: value.map(packValue) };
    try {
      return { value: structuredClone(value) };
    } catch {
      return { text: textOf(value) };
    }
  };

  const packOne = (error: Error): number => {
    const known = seen.get(error);
    if (known !== undefined) return known;
    const index = errors.length;
    seen.set(error, index);
    const body: PackedErrorBody = {
      names: attempt(() => classNamesOf(error), ['Error']),
      message: attempt(() => String(error.message), ''),
      stack: attempt(() => (typeof error.stack === 'string' ? error.stack : undefined), undefined),
      fields: [],
    };
    errors.push(body);
    for (const key of attempt(() => Object.getOwnPropertyNames(error), [])) {
      if (key === 'stack' || key === 'message') continue;
      const enumerable = Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? false;
      const value = attempt(() => (error as unknown as Record<string, unknown>)[key], undefined);
      body.fields.push({ key, value: packValue(value), enumerable });
    }
    // A DOMException keeps its name in a slot and an unregistered class may keep it on its prototype: neither
    // would be there on the other side.
    const name = attempt(() => error.name, 'Error');
    const inherited = errorClassOf(body.names).prototype.name;
    if (typeof name === 'string' && name !== inherited && !Object.hasOwn(error, 'name')) {
      body.fields.push({ key: 'name', value: { value: name }, enumerable: false });
    }
    return index;
  };

  return { root: packValue(thrown), errors };
}

/**
 * The thrown value, on the other side.
 *
 * @param localStack frames of this side, appended to the stack of the error itself
 */
export function unpackError(packed: PackedError, localStack: string = ''): unknown {
  const errors = packed.errors.map((body) => {
    const error = new Error(body.message);
    Object.setPrototypeOf(error, errorClassOf(body.names).prototype);
    return error;
  });
  const unpackValue = (value: PackedValue): unknown => {
    if ('error' in value) return errors[value.error];
    if ('list' in value) return value.list.map(unpackValue);
    return 'text' in value ? value.text : value.value;
  };
  packed.errors.forEach((body, index) => {
    const error = errors[index]!;
    const isRoot = 'error' in packed.root && packed.root.error === index;
    const stack = body.stack ?? `${body.names[0]}: ${body.message}`;
    define(error, 'stack', isRoot ? stack + localStack : stack, false);
    for (const { key, value, enumerable } of body.fields) define(error, key, unpackValue(value), enumerable);
  });
  return unpackValue(packed.root);
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
