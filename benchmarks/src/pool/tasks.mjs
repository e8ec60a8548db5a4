// What the pools run. Plain JavaScript, so that every pool loads it as it is; one value in, one out.
import { PIECE_BYTES } from './sizes.mjs';

/** Nothing but the way there and back. */
export const echo = (value) => value;

/** Blocks until as many tasks as `count` are in here at once, which takes as many threads. */
export function meet({ words, count }) {
  if (Atomics.add(words, 0, 1) + 1 === count) Atomics.notify(words, 0);
  for (;;) {
    const met = Atomics.load(words, 0);
    if (met >= count) return;
    if (Atomics.wait(words, 0, met, 10_000) === 'timed-out') {
      throw new Error(`only ${met} of ${count} tasks ran at once`);
    }
  }
}

let createHash;
let bytes;

/** The sha-256 of one piece. The bytes are the thread's own, so that nothing but the hashing is measured. */
export function hash(piece) {
  // Loaded when it is needed: how long that takes is not what the rows about the start of pools are about.
  createHash ??= process.getBuiltinModule('node:crypto').createHash;
  bytes ??= new Uint8Array(PIECE_BYTES);
  bytes[0] = piece;
  return createHash('sha256').update(bytes).digest('hex');
}
