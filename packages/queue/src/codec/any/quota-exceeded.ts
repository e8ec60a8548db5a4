import { makeQuotaExceeded, type QuotaAmounts } from '@pkg/sync/kernel';
import { define, makeException } from './decode-binary.ts';

/** A QuotaExceededError; where the platform has none, a DOMException that shows the same. */
export function quotaExceeded(message: string, amounts: QuotaAmounts): Error {
  return makeQuotaExceeded(message, amounts) ?? pretended(message, amounts);
}

function pretended(message: string, [quota, requested]: QuotaAmounts): Error {
  const error = makeException('QuotaExceededError', message);
  define(error, 'quota', quota, false);
  define(error, 'requested', requested, false);
  return error;
}
