/**
 * Carries a value by a port: by structured clone, with shared objects by handle.
 *
 * @packageDocumentation
 */

import { messageOf } from '@pkg/sync/kernel';
import { ThreadFieldError } from '../thread/errors.ts';
import { packFields, UnknownSharedObject, unpackFields } from '../thread/field-travel.ts';
import type { PackedFields } from '../thread/protocol.ts';
import type { TransferListItem } from '../thread/transfer-list-item.ts';
import { TaskValueError } from './errors.ts';

/** A value, ready to be posted. */
export type PackedValue = PackedFields;

/** Why a value cannot travel, and where in it the obstacle lies. */
export class Unsendable extends Error {
  /** Such as `args[0].onDone`. */
  readonly path: string;
  /** What is wrong with the value there. */
  readonly why: string;

  constructor(path: string, why: string, cause: unknown) {
    super(`${path} ${why}`, { cause });
    this.path = path;
    this.why = why;
  }
}

/** A value that is handed on as it came, by a thread that has no use for it. */
export class RawValue {
  readonly packed: PackedValue;

  constructor(packed: PackedValue) {
    this.packed = packed;
  }
}

/**
 * Packs a value.
 *
 * @param root what paths begin with
 * @param transfer objects in it that are moved
 * @throws Unsendable
 */
export function packValue(root: string, value: unknown, transfer: readonly TransferListItem[]): PackedValue {
  try {
    return packFields({ [root]: value }, transfer);
  } catch (error) {
    if (!(error instanceof ThreadFieldError)) throw error;
    throw new Unsendable(error.path, error.why, error.cause);
  }
}

/**
 * The value, on the other side. Attaching to an object whose package is not loaded yet makes it a promise, whose rejection
 * (a TaskValueError, if that cannot be attached to) counts as handled: nobody may want the value any more.
 */
export function unpackValue(taskName: string, packed: PackedValue): unknown {
  const fields = unpackFields(packed);
  if (!(fields instanceof Promise)) return valueIn(fields);
  const value = fields.then(valueIn, (error: unknown) => {
    if (error instanceof UnknownSharedObject)
      throw new TaskValueError(taskName, error.path, error.message, error.cause);
    throw new TaskValueError(taskName, Object.keys(packed.fields)[0]!, messageOf(error), error);
  });
  value.catch(() => {});
  return value;
}

const valueIn = (fields: Record<string, unknown>): unknown => Object.values(fields)[0];

/** Whether {@link unpackValue} is needed; else the value lies in `packed` as it is. */
export function plainValue(packed: PackedValue): { value: unknown } | undefined {
  return packed.placeholders.length === 0 ? { value: Object.values(packed.fields)[0] } : undefined;
}
