import type { Operation } from '../scenario.ts';
import { withType } from '../with-type.ts';
import { errorNameOf } from './error-name.ts';

/**
 * The steps of a `putMany`, see `SequentialModel.steps`: a `put` for each item that went in, and one that met the error
 * which ended it.
 *
 * @param isBounded whether the queue may have had no place for all of them at once
 */
export function stepsOfBatch(operation: Operation, isBounded: boolean): readonly Operation[] {
  const { error, ...call } = operation;
  const items = itemsOf(operation);
  const put = (item: unknown): Operation => ({ ...call, name: 'put', args: [item] });
  if (error === undefined) return isBounded && items.length > 1 ? items.map(put) : [operation];
  const { accepted = 0 } = Object(error) as { accepted?: unknown };
  // For no items no place is looked for: what refuses them is what refuses any put.
  if (items.length === 0 && accepted === 0 && errorNameOf(error) === 'QueueShutDown') {
    return [{ ...put(undefined), error }];
  }
  // An error after the last item, or before the first, is none that a queue can have met: the model has no state for it.
  if (!Number.isInteger(accepted) || !((accepted as number) >= 0 && (accepted as number) < items.length)) {
    return [operation];
  }
  const failed = { ...put(items[accepted as number]), error };
  return [...items.slice(0, accepted as number).map(put), failed];
}

function itemsOf({ args: [batch] }: Operation): readonly unknown[] {
  const iterate = (Object(batch) as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (typeof iterate !== 'function') {
    throw new TypeError(`putMany takes the items of an iterable, such as an array, not ${withType(batch)}`);
  }
  // The queue has read it to its end, and would seem to have been given nothing.
  if (typeof batch === 'object' && 'next' in (batch as object)) {
    throw new TypeError(
      'A putMany was recorded with an iterator, which can be read only once: record an array of its items',
    );
  }
  return [...(batch as Iterable<unknown>)];
}
