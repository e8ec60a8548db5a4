/** What a QuotaExceededError tells beside its message: null where its maker did not say. */
export type QuotaAmounts = readonly [quota: number | null, requested: number | null];

/** The DOMException with two slots more that platforms have since 2025. */
type QuotaExceededClass = new (
  message: string,
  options: { quota?: number; requested?: number },
) => DOMException;

/** Undefined where the platform has none. */
const classHere = (): QuotaExceededClass | undefined =>
  (globalThis as { QuotaExceededError?: QuotaExceededClass }).QuotaExceededError;

/** The amounts of a QuotaExceededError; undefined for anything else. Never throws. */
export function quotaAmounts(error: object): QuotaAmounts | undefined {
  try {
    const amounts = [slot(error, 'quota'), slot(error, 'requested')];
    return amounts.every(isQuotaAmount) ? (amounts as unknown as QuotaAmounts) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is a number, or null in the place of one. */
export const isQuotaAmount = (value: unknown): value is number | null =>
  value === null || typeof value === 'number';

/** What the class's own getter tells, whatever the object shows by that name. */
function slot(error: object, key: 'quota' | 'requested'): unknown {
  return Object.getOwnPropertyDescriptor(classHere()?.prototype ?? {}, key)?.get?.call(error);
}

/** A QuotaExceededError; undefined where the platform has none. */
export function makeQuotaExceeded(
  message: string,
  [quota, requested]: QuotaAmounts,
): DOMException | undefined {
  const Class = classHere();
  if (typeof Class !== 'function') return undefined;
  return new Class(message, { ...(quota !== null && { quota }), ...(requested !== null && { requested }) });
}
