import { isSharedObject } from '@pkg/sync';
import { isArrayPrototype, isObjectPrototype } from '@pkg/sync/kernel';
import { types } from '../builtins.ts';
import { isPinned } from './is-pinned.ts';

/**
 * Why an object is not among those that can be moved to another thread, and what to do, as the rest of a sentence that has
 * named it; undefined where only the engine can tell. It would say nothing but that there is one in the list.
 */
export function whyNeverMoved(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return ', and only objects can be moved';
  if (ArrayBuffer.isView(value)) return ', and views are not moved, but their buffers are: pass its .buffer';
  if (types.isSharedArrayBuffer(value) || isSharedObject(value)) {
    return ', which is shared, not moved: leave it out';
  }
  if (isPinned(value)) {
    return ', which is marked as untransferable, as is the one that small Buffers of Node share: leave it out, and it is copied';
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || isObjectPrototype(prototype) || isArrayPrototype(prototype)) {
    return ', and what holds others is not moved, but they may be: list the buffers and ports in it';
  }
  return undefined;
}
