import { describeValue, isSharedArrayBuffer } from '@pkg/sync/kernel';
import { viewName } from './intrinsics.ts';
import type { ItemCodec } from './item-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';
import { readWholeBlob, wholeBlob, writeWholeBlob } from './whole-blob.ts';

/**
 * Byte arrays, with nothing around them. A `Buffer` is taken too and arrives as a plain `Uint8Array`, over
 * a buffer of exactly its length.
 */
export const bytesCodec: ItemCodec<Uint8Array> = {
  name: 'bytes',
  encode(value, writer) {
    if (!ArrayBuffer.isView(value) || viewName(value) !== 'Uint8Array') {
      throw new QueueCodecError(
        `The codec "bytes" carries Uint8Array, not ${describeValue(value)}. ` +
          'Wrap the bytes in a Uint8Array, or use the codec "any".',
      );
    }
    if (isSharedArrayBuffer(value.buffer)) {
      throw new QueueCodecError(
        'A Uint8Array over a SharedArrayBuffer would arrive as a copy, not as the same memory. ' +
          'Put a copy (array.slice()) on the queue, or pass the SharedArrayBuffer when the thread is started.',
      );
    }
    writeWholeBlob(writer, value);
  },
  findTrailingBlob: wholeBlob,
  decode: readWholeBlob,
};
