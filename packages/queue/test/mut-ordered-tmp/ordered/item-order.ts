/**
 * In which order blocks leave: what differs between LIFO and priority. Derived state, under the lock of the queue;
 * nothing here allocates or throws.
 */
export interface ItemOrder {
  /** Words before the item in a frame; those behind the first are the order's own. */
  readonly frameHeader: number;
  /** The block that leaves next, or 0. */
  readonly first: number;
  /** Takes {@link first} out; there is one. */
  removeFirst(): void;
  /** Lets in a block that was just put: its sequence is the highest. */
  insert(block: number): void;
  /** Lets in a block whose item is to be delivered again. */
  insertReturned(block: number): void;
  /** Empties it, for recovery to {@link restore} each block in any order, the returned by {@link insertReturned}. */
  clear(): void;
  restore(block: number): void;
  /** Called once everything is restored. */
  restored(): void;
}
