import { HANDLE, isSharedObject } from '@pkg/sync';
import { describeValue } from '@pkg/sync/kernel';
import { checkTransfer } from '../thread/check-transfer.ts';
import { isPinned } from '../thread/is-pinned.ts';
import type { TransferListItem } from '../thread/transfer-list-item.ts';
import { whyNeverMoved } from '../thread/why-never-moved.ts';

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
 * @param transfer buffers and ports in `value`; by default `value` itself, or the buffer of a typed array. Without a list,
 *   what cannot be moved as its bytes are not the value's alone goes as it would without `move`: shared memory and shared
 *   objects as the same, and a small `Buffer`, whose bytes lie in a buffer that Node keeps for all of them, as a copy
 * @throws TypeError for what is never moved: a number, say, or an object that only has buffers in it, without a list of them
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
  if (transfer !== undefined) {
    checkTransfer('the list that move() is given', transfer);
    return new Moved(value, transfer) as T;
  }
  const own: unknown = ArrayBuffer.isView(value) ? value.buffer : value;
  // What is moved already is among these.
  if (isPinned(own) || isSharedObject(own)) return value;
  const why = whyNeverMoved(own);
  if (why !== undefined) throw new TypeError(`move() is given ${describeValue(value)}${why}`);
  return new Moved(value, [own as TransferListItem]) as T;
}
