import { describeValue } from '@pkg/sync/kernel';
import type { ItemCodec } from './item-codec.ts';
import { QueueCodecError } from './queue-codec-error.ts';

/** Any number, −0, NaN and the infinities included, eight bytes each. */
export const float64Codec: ItemCodec<number> = {
  name: 'float64',
  encode(value, writer) {
    if (typeof value !== 'number') {
      throw new QueueCodecError(
        `The codec "float64" carries numbers, not ${describeValue(value)}. Use the codec "any".`,
      );
    }
    writer.float64(value);
  },
  decode(reader) {
    if (reader.remaining !== 8) {
      throw new QueueCodecError(
        `A float64 item has 8 bytes, this one has ${reader.remaining}. Do all threads use the same codec?`,
      );
    }
    return reader.float64();
  },
};
