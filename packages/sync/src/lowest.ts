/**
 * The `count` lowest of `items`, lowest first; all of them, if there are no more. In one pass where they come in order, or
 * nearly so.
 */
export function lowest<T>(items: readonly T[], count: number, order: (a: T, b: T) => number): T[] {
  if (count >= items.length) return [...items].sort(order);
  const kept: T[] = [];
  for (const item of items) {
    let at = kept.length;
    while (at > 0 && order(item, kept[at - 1]!) < 0) at--;
    if (at === count) continue;
    if (kept.length === count) kept.pop();
    kept.splice(at, 0, item);
  }
  return kept;
}
