import { define, makeException } from './decode-binary.ts';

/** What a QuotaExceededError tells beside its message: null where its maker did not say. */
export type Amounts = readonly [quota: number | null, requested: number | null];

/** The DOMException with two slots more that platforms have since 2025. */
type QuotaExceededClass = new (message: string, options: { quota?: number; requested?: number }) => Error;

const NAME = 'QuotaExceededError';

/** Undefined where the platform has none. */
const classHere = (): QuotaExceededClass | undefined => (globalThis as { [NAME]?: QuotaExceededClass })[NAME];

/** The amounts of a QuotaExceededError; undefined for anything else. */
export function quotaAmounts(error: object): Amounts | undefined {
  try {
    const amounts = [slot(error, 'quota'), slot(error, 'requested')];
    return amounts.every(isAmount) ? (amounts as unknown as Amounts) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is a number, or null in the place of one. */
export const isAmount = (value: unknown): value is number | null =>
  value === null || typeof value === 'number';

/** What the class's own getter tells, whatever the object shows by that name. */
function slot(error: object, key: 'quota' | 'requested'): unknown {
  return Object.getOwnPropertyDescriptor(classHere()?.prototype ?? {}, key)?.get?.call(error);
}

/** A QuotaExceededError; where the platform has none, a DOMException that shows the same. */
export function makeQuotaExceeded(message: string, [quota, requested]: Amounts): Error {
  const Class = classHere();
  if (typeof Class === 'function') {
    return new Class(message, { ...(quota !== null && { quota }), ...(requested !== null && { requested }) });
  }
  const error = makeException(NAME, message);
  define(error, 'quota', quota, false);
  define(error, 'requested', requested, false);
  return error;
}
