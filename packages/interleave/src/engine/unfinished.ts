/** Whether a value is a promise, or will be taken for one. */
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/** Whether a value is an iterator of any kind, a generator's among them. */
function isIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Looked for before it is read: assertion libraries hand out objects that throw when they do not have what is read.
  if (!('next' in value) || !(Symbol.iterator in value || Symbol.asyncIterator in value)) return false;
  return typeof value.next === 'function';
}

/**
 * What kind of unfinished work a function has returned in place of having done it, or undefined. Code that is still to
 * run would do so outside the model, or not at all. What a promise is rejected with is nobody's concern then.
 */
export function unfinishedWork(returned: unknown): 'a promise' | 'an iterator' | undefined {
  if (isThenable(returned)) {
    returned.then(undefined, () => {});
    return 'a promise';
  }
  return isIterator(returned) ? 'an iterator' : undefined;
}
