import { isSharedObject } from '@pkg/sync';
import { isError } from '@pkg/sync/kernel';
import { types } from '../builtins.ts';
import { DEEPEST } from './deepest.ts';

/**
 * Whether what structured clone makes of a value is all there and can be read: nothing in it lies deeper than any stack
 * reaches, and it holds no shared object, which would arrive as an empty one. Runs the getters that the clone runs.
 *
 * @throws whatever these throw
 */
export function arrivesWhole(value: unknown): boolean {
  const seen = new Set<unknown>();
  const look = (part: unknown, depth: number): boolean => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return true;
    if (depth > DEEPEST || isSharedObject(part)) return false;
    seen.add(part);
    return partsOf(part).every((each) => look(each, depth + 1));
  };
  return look(value, 1);
}

/** What structured clone looks at in an object. */
function partsOf(object: object): unknown[] {
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) return [];
  if (types.isMap(object)) return [...object].flat(1);
  if (types.isSet(object)) return [...object];
  return isError(object) ? [object.cause] : Object.values(object);
}
