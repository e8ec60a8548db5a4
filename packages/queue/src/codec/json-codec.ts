import { describeValue, isArrayPrototype, isObjectPrototype, messageOf } from '@pkg/sync/kernel';
import { isDense } from './any/dense-array.ts';
import { readText, writeText } from './any/text.ts';
import { formatPath, type Step } from './any/trail.ts';
import { isInstance } from './is-instance.ts';
import type { ItemCodec } from './item-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';

/**
 * JSON text. Strict: a value that `JSON.parse` would not give back equal is refused with its path, instead of being
 * dropped or changed on the way: `undefined`, NaN, −0, a Date, an instance of a class (one of a subclass of Array too),
 * an object without a prototype, whatever has a method `toJSON`, … Objects and arrays of another realm are carried. Two
 * references to one object arrive as two objects.
 */
export const jsonCodec: ItemCodec<unknown> = {
  name: 'json',
  encode(value, writer) {
    const start = writer.length;
    const steps: Step[] = [];
    try {
      check(value, steps, []);
      writeText(writer, JSON.stringify(value));
    } catch (error) {
      writer.length = start;
      if (isInstance(error, QueueCodecError)) throw error;
      // A getter that throws, a revoked proxy, or a depth that exhausts the stack.
      const path = formatPath(undefined, steps);
      throw new QueueCodecError(
        `The codec "json" cannot carry ${path}: reading it failed: ${messageOf(error)}`,
        {
          path,
          cause: error,
        },
      );
    }
  },
  decode(reader) {
    try {
      const text = readText(reader, reader.byte());
      if (text === undefined || reader.remaining > 0) throw new SyntaxError('the item is not one string');
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof QueueCodecError) throw error;
      throw new QueueCodecError(
        `The item's bytes are not JSON: ${messageOf(error)}. Do all threads use the same codec?`,
        { cause: error },
      );
    }
  },
};

function check(value: unknown, steps: Step[], ancestors: object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) throw refusal(value, steps);
      return;
    case 'object':
      if (value !== null) checkObject(value, steps, ancestors);
      return;
    default:
      throw refusal(value, steps);
  }
}

function checkObject(value: object, steps: Step[], ancestors: object[]): void {
  if (ancestors.includes(value)) throw refusal(value, steps, 'is inside itself');
  ancestors.push(value);
  if (Array.isArray(value)) {
    checkArray(value, steps);
    for (let i = 0; i < value.length; i++) {
      steps.push(i);
      check(value[i], steps, ancestors);
      steps.pop();
    }
  } else {
    checkPlain(value, steps);
    for (const key of Object.keys(value)) {
      steps.push(key);
      check((value as Record<string, unknown>)[key], steps, ancestors);
      steps.pop();
    }
  }
  ancestors.pop();
}

function checkArray(array: unknown[], steps: Step[]): void {
  if (!isArrayPrototype(Object.getPrototypeOf(array))) {
    throw refusal(array, steps, 'is of a class of its own, so a plain array would arrive');
  }
  checkExtras(array, steps);
  if (!isDense(array)) throw refusal(array, steps, 'has holes, or properties beside its elements');
}

function checkPlain(value: object, steps: Step[]): void {
  const proto: object | null = Object.getPrototypeOf(value);
  if (proto === null) throw refusal(value, steps, 'has no prototype, so something else would arrive');
  if (!isObjectPrototype(proto)) throw refusal(value, steps);
  checkExtras(value, steps);
}

/** What a look at an object's values does not show. */
function checkExtras(value: object, steps: Step[]): void {
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw refusal(value, steps, 'has a method toJSON, so something else would arrive');
  }
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) throw refusal(symbol, steps);
  }
}

function refusal(value: unknown, steps: Step[], why = 'would not arrive as it is'): QueueCodecError {
  const path = formatPath(undefined, steps);
  return new QueueCodecError(
    `The codec "json" cannot carry ${path}: ${describeValue(value)} ${why}. ` +
      'Change the value, or use the codec "any".',
    { path },
  );
}
