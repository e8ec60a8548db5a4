import { describeValue } from '@pkg/sync/kernel';
import type { ItemCodec } from './item-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';

/** Whole numbers from −2³¹ to 2³¹−1, four bytes each. −0 is refused: it would arrive as 0. */
export const int32Codec: ItemCodec<number> = {
  name: 'int32',
  encode(value, writer) {
    if (typeof value !== 'number' || (value | 0) !== value || (value === 0 && 1 / value < 0)) {
      throw new QueueCodecError(
        `The codec "int32" carries whole numbers from -2147483648 to 2147483647, not ${describeValue(value)}. ` +
          'Use the codec "float64" or "any".',
      );
    }
    writer.int32(value);
  },
  decode(reader) {
    if (reader.remaining !== 4) {
      throw new QueueCodecError(
        `An int32 item has 4 bytes, this one has ${reader.remaining}. Do all threads use the same codec?`,
      );
    }
    return reader.int32();
  },
};
