import { toInteger } from './integers.ts';
import type { Machine } from './machine.ts';
import type { ModelBuffer } from './memory.ts';
import { natives, type TypedArray } from './natives.ts';
import type { ViewTable } from './view.ts';

const types: readonly (readonly [name: string, bytes: number])[] = [
  ['Int8', 1],
  ['Uint8', 1],
  ['Int16', 2],
  ['Uint16', 2],
  ['Int32', 4],
  ['Uint32', 4],
  ['Float32', 4],
  ['Float64', 8],
  ['BigInt64', 8],
  ['BigUint64', 8],
  ...('getFloat16' in natives.DataView.prototype ? ([['Float16', 2]] as const) : []),
];

type Accessor = (offset: number, value: unknown, littleEndian?: boolean) => unknown;

/**
 * A `DataView` over the scenario's memory. Each get or set is one plain access to its bytes, at any
 * alignment; the conversion is left to a genuine DataView over a few bytes of scratch.
 */
export function instrumentDataView(
  machine: Machine,
  views: ViewTable,
  buffer: ModelBuffer,
  byteOffset: unknown,
  byteLength: unknown,
): object {
  const offset = toInteger(byteOffset);
  const available = buffer.growable
    ? machine.size(views.whole(buffer), undefined)
    : (buffer.size[0] as number);
  const length = byteLength === undefined ? available - offset : toInteger(byteLength);
  if (offset < 0 || offset > available) {
    throw new RangeError(`Start offset ${offset} is outside the bounds of the buffer`);
  }
  if (length < 0 || offset + length > available) throw new RangeError(`Invalid DataView length ${length}`);
  const whole = views.whole(buffer);
  const follows = buffer.growable && byteLength === undefined;
  const present = () => (follows ? machine.size(whole, undefined) - offset : length);

  const place = (index: unknown, size: number): number => {
    const at = toInteger(index);
    if (at < 0 || at + size > present()) throw new RangeError('Offset is outside the bounds of the DataView');
    return offset + at;
  };
  const members: PropertyDescriptorMap = {
    buffer: { value: buffer.buffer },
    byteOffset: { value: offset },
    byteLength: { get: present },
    [Symbol.toStringTag]: { value: 'DataView' },
  };
  for (const [type, size] of types) {
    members[`get${type}`] = {
      value: (index: unknown, littleEndian?: boolean) => {
        const bytes = machine.bulkRead(whole, place(index, size), size);
        const scratch = new natives.DataView(bytes.buffer) as unknown as Record<string, Accessor>;
        return scratch[`get${type}`]?.(0, littleEndian);
      },
    };
    members[`set${type}`] = {
      value: (index: unknown, value: unknown, littleEndian?: boolean) => {
        const at = place(index, size);
        const bytes = new natives.Uint8Array(size);
        const scratch = new natives.DataView(bytes.buffer) as unknown as Record<string, Accessor>;
        scratch[`set${type}`]?.(0, value, littleEndian);
        machine.bulkWrite(whole, at, bytes as TypedArray);
      },
    };
  }
  return Object.create(natives.DataView.prototype, members) as object;
}
