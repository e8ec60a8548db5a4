import { HANDLE } from '@pkg/sync';
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

  /** Asked for wherever it lies in another value, where it would arrive as what it is: an object around the value. */
  [HANDLE](): never {
    throw new TypeError(
      'move() stands for a whole result: return move(value, [buffer]) with a value that contains the buffer; ' +
        'arguments are moved by submit(name, args, { transfer: [buffer] })',
    );
  }

  /** By symbol: a program may load this package twice (from its sources and compiled, say). */
  static [Symbol.hasInstance](value: unknown): value is Moved {
    return typeof value === 'object' && value !== null && MOVED in value;
  }
}

/**
 * Returned by a task, or yielded by a stream: sends `value` with the objects of `transfer` moved to the caller
 * instead of copied. Typed as the value itself, which is what arrives. Does not block. Inside another value, or as an
 * argument, it cannot travel: the task rejects with a TaskValueError that says so.
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
