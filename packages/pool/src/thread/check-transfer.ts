import { describeValue } from '@pkg/sync/kernel';

/**
 * Checks what is to be moved instead of copied.
 *
 * @param whose begins the message: whose option it is
 * @throws TypeError when `transfer` is no array of objects, or has one twice
 */
export function checkTransfer(whose: string, transfer: unknown): void {
  if (transfer === undefined) return;
  if (!Array.isArray(transfer)) {
    throw new TypeError(`${whose}: options.transfer must be an array, not ${describeValue(transfer)}`);
  }
  for (const [index, each] of transfer.entries()) {
    if (typeof each !== 'object' || each === null) {
      throw new TypeError(
        `${whose}: options.transfer has ${describeValue(each)} in it, and only objects can be moved`,
      );
    }
    if (transfer.indexOf(each) < index) {
      throw new TypeError(
        `${whose}: options.transfer has ${describeValue(each)} in it twice: it can be moved once`,
      );
    }
  }
}
