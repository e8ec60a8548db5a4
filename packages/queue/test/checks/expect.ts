import { difference } from '../../src/codec/any/same-item.fixture.ts';

/** Fails unless both are the same in everything that an item keeps. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  const found = difference(expected, actual);
  if (found !== undefined) throw new Error(`${what}: not as expected: ${found}`);
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Fails unless `act` throws, or rejects with, an error of the class; returns that. */
export async function fails<E extends ErrorClass>(
  act: () => unknown,
  errorClass: E,
): Promise<InstanceType<E>> {
  let outcome: unknown;
  try {
    outcome = await act();
  } catch (error) {
    if (error instanceof errorClass) return error as InstanceType<E>;
    throw new Error(`expected ${errorClass.name}, not ${String(error)}`, { cause: error });
  }
  throw new Error(`expected ${errorClass.name}, but it came to ${String(outcome)}`);
}
