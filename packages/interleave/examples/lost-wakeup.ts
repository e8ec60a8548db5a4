import { scenario } from '@pkg/interleave';

/** Word 0 counts the items on a shelf; who finds none waits there. */
type Shelf = Int32Array;

function put(shelf: Shelf): void {
  Atomics.add(shelf, 0, 1);
  Atomics.notify(shelf, 0);
}

/** Takes an item if there is one. */
function tryTake(shelf: Shelf): boolean {
  for (;;) {
    const items = Atomics.load(shelf, 0);
    if (items === 0) return false;
    if (Atomics.compareExchange(shelf, 0, items, items - 1) === items) return true;
  }
}

/** Believes that there is an item once it was woken; but another thread may have been quicker. */
function takeWithIf(shelf: Shelf): boolean {
  if (!tryTake(shelf)) {
    Atomics.wait(shelf, 0, 0);
    return tryTake(shelf);
  }
  return true;
}

/** Looks again after each wake. */
function takeWithWhile(shelf: Shelf): boolean {
  while (!tryTake(shelf)) Atomics.wait(shelf, 0, 0);
  return true;
}

/** One thread wants an item, one puts one, and one borrows an item for a moment if it sees any. */
const shelf = (name: string, take: (shelf: Shelf) => boolean) =>
  scenario({
    name,
    setup: () => ({ shelf: new Int32Array(new SharedArrayBuffer(4)) }),
    threads: [
      ({ shelf }) => take(shelf),
      ({ shelf }) => put(shelf),
      ({ shelf }) => {
        if (tryTake(shelf)) put(shelf);
      },
    ],
    check: ({ results }) => results[0] === true,
  });

/** Fails: a thread goes away with nothing although an item was put for it. */
export const waitWithIf = shelf('`if` around a wait', takeWithIf);

/** Passes. */
export const waitWithWhile = shelf('`while` around a wait', takeWithWhile);
