const SMALL = 4;
const SMALL_NAMES: readonly string[] = Array.from({ length: SMALL }, (_, index) => String(index));

/**
 * Whether an array has all its elements and no enumerable property beside them.
 *
 * JavaScript has no direct question for that, and the two indirect ones differ in cost: listing the keys is
 * the cheaper one for a pair, listing the values by far for a long array (no key has to become a string).
 */
export function isDense(array: readonly unknown[]): boolean {
  const length = array.length;
  if (length <= SMALL) {
    // Indices come first and ascend: if the last of `length` keys is `length - 1`, all are elements.
    const keys = Object.keys(array);
    return keys.length === length && (length === 0 || keys[length - 1] === SMALL_NAMES[length - 1]);
  }
  if (Object.values(array).length !== length) return false;
  // As many values as elements: then there are other properties exactly if there are holes.
  for (let i = 0; i < length; i++) {
    if (array[i] === undefined && !Object.hasOwn(array, i)) return false;
  }
  return true;
}
