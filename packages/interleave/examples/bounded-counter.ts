import { scenario } from '@pkg/interleave';

const limit = 1;

/** Checks, then acts: the answer may be out of date by then. */
function enterUnchecked(count: Int32Array): boolean {
  if (Atomics.load(count, 0) >= limit) return false;
  Atomics.add(count, 0, 1);
  return true;
}

/** Acts only if what it checked still holds. */
function enter(count: Int32Array): boolean {
  for (;;) {
    const seen = Atomics.load(count, 0);
    if (seen >= limit) return false;
    if (Atomics.compareExchange(count, 0, seen, seen + 1) === seen) return true;
  }
}

/** Two threads that both want to be counted, where there is room for one. */
const counter = (name: string, body: (count: Int32Array) => boolean) =>
  scenario({
    name,
    setup: () => ({ count: new Int32Array(new SharedArrayBuffer(4)) }),
    threads: [({ count }) => body(count), ({ count }) => body(count)],
    check: ({ context }) => Atomics.load(context.count, 0) <= limit,
  });

/** Fails: both threads are counted. */
export const checkThenAct = counter('check, then act', enterUnchecked);

/** Passes. */
export const checkAndAct = counter('check and act in one', enter);
