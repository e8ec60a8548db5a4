import { describeValue } from '@pkg/sync/kernel';
import { whyNeverMoved } from './why-never-moved.ts';

/**
 * Checks what is to be moved instead of copied.
 *
 * @param list begins the message: what the list is called, and whose it is
 * @throws TypeError when `transfer` is no array, or has something twice, or something that is never moved
 */
export function checkTransfer(list: string, transfer: unknown): void {
  if (transfer === undefined) return;
  if (!Array.isArray(transfer))
    throw new TypeError(`${list} must be an array, not ${describeValue(transfer)}`);
  for (const [index, each] of transfer.entries()) {
    const isTwice = transfer.indexOf(each) < index;
    const why = isTwice ? ' twice: it can be moved once' : whyNeverMoved(each);
    if (why !== undefined) throw new TypeError(`${list} has ${describeValue(each)} in it${why}`);
  }
}
