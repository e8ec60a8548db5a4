/**
 * A block holds one item of a LIFO or priority queue. It says itself what became of the item, in one word, so
 * each change of fate is one store:
 *
 * ```text
 *   STATE     FREE 0 -> QUEUED -> leased by thread id > 0 -> FREE
 *                          |             ^  |
 *    taken, no redelivery  |             |  v  its thread died
 *                          v      returned, after n deliveries: RETURNED_BASE - n
 *                        FREE            |
 *                                        v  after MAX_DELIVERIES
 *                                   DEAD_LETTER
 *   LINK      next on the list that it is on (free blocks, stack, a thread's leases); in a heap, left child
 *   RIGHT     in a heap, right child
 *   RANK      in a heap, see `LeftistHeap`
 *   TAKEN     while leased: which take it was, so that a thread's leases keep their order
 *   RETURNS   while leased: how often the item came back so far
 *   SEQ_LOW   \  number of the put, 63 bits: ties leave in the order of insertion, and a block whose put was
 *   SEQ_HIGH  /  never committed is recognised
 *   then      the frame as it was offered: bytes of the item, the words of the order, the item
 * ```
 *
 * STATE, the sequence and the frame are true; TAKEN and RETURNS are while it is leased. The rest is derived.
 */
export const STATE = 0;
export const LINK = 1;
export const RIGHT = 2;
export const RANK = 3;
export const TAKEN = 4;
export const RETURNS = 5;
export const SEQ_LOW = 6;
export const SEQ_HIGH = 7;
export const FRAME = 8;

export const FREE = 0;
export const QUEUED = -1;
export const DEAD_LETTER = -2;
export const RETURNED_BASE = -16;

/** Whether the item of block `a` was put before that of block `b`. */
export function putBefore(words: Int32Array, a: number, b: number): boolean {
  const highA = words[a + SEQ_HIGH]!;
  const highB = words[b + SEQ_HIGH]!;
  // Where the high words agree, so do the signs of the low ones; see `OrderedStore`.
  return highA !== highB ? highA < highB : words[a + SEQ_LOW]! < words[b + SEQ_LOW]!;
}
