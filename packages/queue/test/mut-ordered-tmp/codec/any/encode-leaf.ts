import type { ByteWriter } from '../byte-writer.ts';
import { regExpFlags, regExpSource } from '../intrinsics.ts';
import { writeBuffer, writeView } from './encode-binary.ts';
import { TAG } from './format.ts';
import type { Kind } from './kinds.ts';
import { writeBigInt, writeNumber } from './primitives.ts';
import type { SeenObjects } from './seen-objects.ts';
import { writeText } from './text.ts';

/** Kinds of object that hold no other values. */
export type LeafKind = Exclude<Kind, 'object' | 'map' | 'set' | 'error'>;

/**
 * Writes an object without other values inside. What it is worth comes from its internal slot: methods that
 * a subclass overrides are not asked.
 */
export function writeLeaf(writer: ByteWriter, seen: SeenObjects, value: object, kind: LeafKind): void {
  switch (kind) {
    case 'view':
      writeView(writer, seen, value as ArrayBufferView);
      break;
    case 'buffer':
      writeBuffer(writer, value as ArrayBuffer);
      break;
    case 'date':
      writer.byte(TAG.date);
      writer.float64(Date.prototype.getTime.call(value));
      break;
    case 'regExp':
      writer.byte(TAG.regExp);
      writeText(writer, regExpSource.call(value) as string);
      writeText(writer, regExpFlags.call(value) as string);
      break;
    case 'number':
      writer.byte(TAG.number);
      writeNumber(writer, Number.prototype.valueOf.call(value));
      break;
    case 'string':
      writer.byte(TAG.string);
      writeText(writer, String.prototype.valueOf.call(value));
      break;
    case 'boolean':
      writer.byte(TAG.boolean);
      writer.byte(Boolean.prototype.valueOf.call(value) ? TAG.true : TAG.false);
      break;
    case 'bigIntObject':
      writer.byte(TAG.bigIntObject);
      writeBigInt(writer, BigInt.prototype.valueOf.call(value));
      break;
  }
}
