import { describeValue } from '@pkg/sync/kernel';
import { anyCodec, recordCodec } from './any/any-codec.ts';
import { bytesCodec } from './bytes-codec.ts';
import type { Codec, CodecName } from './codec.ts';
import { float64Codec } from './float64-codec.ts';
import { int32Codec } from './int32-codec.ts';
import type { ItemCodec } from './item-codec.ts';
import { jsonCodec } from './json-codec.ts';
import { fromUserCodec } from './user-codec.ts';

const OFFERED = [anyCodec, int32Codec, float64Codec, bytesCodec, jsonCodec];
const BUILT_IN = new Map<unknown, unknown>([...OFFERED, recordCodec].map((codec) => [codec.name, codec]));

/**
 * The codec behind `options.codec`: a built-in one by name, or a user's; `undefined` means `'any'`.
 *
 * @throws TypeError for anything else, showing the value
 */
export function resolveCodec<T>(option: CodecName | Codec<T> | undefined): ItemCodec<T> {
  const builtIn = BUILT_IN.get(option === undefined ? 'any' : option);
  if (builtIn !== undefined) return builtIn as ItemCodec<T>;
  if (isUserCodec<T>(option)) return fromUserCodec(option);
  throw new TypeError(
    `options.codec must be ${OFFERED.map(({ name }) => `'${name}'`).join(', ')} or an object with ` +
      `the functions encode and decode, not ${describeValue(option)}.`,
  );
}

function isUserCodec<T>(option: unknown): option is Codec<T> {
  if (typeof option !== 'object' || option === null) return false;
  const { encode, decode, name } = option as { encode?: unknown; decode?: unknown; name?: unknown };
  return (
    typeof encode === 'function' &&
    typeof decode === 'function' &&
    (name === undefined || typeof name === 'string')
  );
}
