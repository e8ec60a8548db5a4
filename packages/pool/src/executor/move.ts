import type { TransferListItem } from '../thread/transfer-list-item.ts';

const MOVED = Symbol.for('@pkg/pool.moved');

/** A result with objects that are moved; see {@link move}. */
export class Moved {
  readonly value: unknown;
  readonly transfer: readonly TransferListItem[];
  readonly [MOVED] = true;

  constructor(value: unknown, transfer: readonly TransferListItem[]) {
    this.value = value;
    this.transfer = transfer;
  }

  /** By symbol: a program may load this package twice (from its sources and compiled, say). */
  static [Symbol.hasInstance](value: unknown): value is Moved {
    return typeof value === 'object' && value !== null && MOVED in value;
  }
}

/**
 * Returned by a task, or yielded by a stream: sends `value` with the objects of `transfer` moved to the caller
 * instead of copied. Typed as the value itself, which is what arrives. Does not block.
 *
 * @param transfer buffers and ports in `value`; by default `value` itself, or the buffer of a typed array
 * @example
 * ```ts
 * export function render(width: number, height: number): Uint8Array {
 *   const pixels = new Uint8Array(width * height * 4);
 *   // …
 *   return move(pixels);
 * }
 * ```
 */
export function move<T>(value: T, transfer?: readonly TransferListItem[]): T {
  const own = ArrayBuffer.isView(value) ? value.buffer : value;
  return new Moved(value, transfer ?? [own as unknown as TransferListItem]) as T;
}
