import { isSharedArrayBuffer } from '@pkg/sync/kernel';
import { BIG_BLOB } from '../big-blob.ts';
import type { ByteWriter } from '../byte-writer.ts';
import {
  arrayBufferByteLength,
  assertViewInBounds,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
  viewName,
} from '../intrinsics.ts';
import { TAG, VIEW_NAMES } from './format.ts';
import { Refusal } from './refusal.ts';
import type { SeenObjects } from './seen-objects.ts';
import { elementBytes, viewClass } from './view-class.ts';

/** Writes an ArrayBuffer that was met for the first time. */
export function writeBuffer(writer: ByteWriter, buffer: ArrayBuffer): void {
  // Throws for a detached buffer, whose length would otherwise read as 0.
  const bytes = new Uint8Array(buffer);
  if (buffer.resizable) {
    writer.byte(TAG.resizable);
    writer.count(bytes.length);
    writer.count(buffer.maxByteLength);
    writer.blob(bytes);
  } else writeFixed(writer, bytes);
}

function writeFixed(writer: ByteWriter, bytes: Uint8Array): void {
  const isBig = bytes.length >= BIG_BLOB;
  writer.byte(isBig ? TAG.bigBuffer : TAG.buffer);
  writer.count(bytes.length);
  if (isBig) writer.padding();
  writer.blob(bytes);
}

/**
 * Writes a typed array or DataView that was met for the first time, and the buffer under it.
 *
 * Whether a view follows a resizable buffer's length cannot be asked without resizing it; one that reaches
 * the buffer's end, but for a part of an element, is taken to follow.
 */
export function writeView(writer: ByteWriter, seen: SeenObjects, view: ArrayBufferView): void {
  const name = viewName(view);
  const kind = VIEW_NAMES.indexOf(name);
  if (kind < 0) throw new Refusal(view, `is of a kind (${name}) that this version cannot carry.`);
  const by = name === 'DataView' ? 'data' : 'typed';
  const buffer = viewBuffer[by].call(view) as ArrayBuffer;
  if (isSharedArrayBuffer(buffer)) {
    throw new Refusal(
      view,
      'lies over a SharedArrayBuffer, and would arrive as a copy. Put a copy (array.slice()) on the queue, ' +
        'or pass the SharedArrayBuffer to the thread when it starts.',
    );
  }
  // Both throw for a view that its buffer was taken away from.
  const byteLength = viewByteLength[by].call(view) as number;
  if (byteLength === 0 && by === 'typed') assertViewInBounds(view);
  const byteOffset = viewByteOffset[by].call(view) as number;
  const total = arrayBufferByteLength.call(buffer) as number;

  writer.byte(TAG.view);
  writer.byte(kind);
  if (byteLength < total && isNodeBuffer(view)) {
    writer.byte(0);
    writer.count(0);
    writer.count(byteLength);
    // A buffer of its own, which only the receiver will have.
    seen.skip();
    writeFixed(writer, new Uint8Array(buffer, byteOffset, byteLength));
    return;
  }
  writer.byte(buffer.resizable && total - byteOffset - byteLength < elementBytes(viewClass(name)) ? 1 : 0);
  writer.count(byteOffset);
  writer.count(byteLength);
  const id = seen.meet(buffer);
  if (id < 0) {
    writeBuffer(writer, buffer);
  } else {
    writer.byte(TAG.reference);
    writer.count(id);
  }
}

/** Small Buffers share one pool of 8 KiB, which is none of the receiver's business. */
function isNodeBuffer(view: ArrayBufferView): boolean {
  const { Buffer } = globalThis as { Buffer?: { isBuffer?(value: unknown): boolean } };
  return Buffer?.isBuffer?.(view) === true;
}
