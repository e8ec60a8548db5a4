import { hasSharedMemory } from './has-shared-memory.ts';

const byteLength = hasSharedMemory()
  ? Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength')!.get!
  : undefined;

/**
 * Whether a value is a `SharedArrayBuffer`, of whatever realm (an iframe, a `vm` context): told by what it is, and not by its
 * prototype.
 */
export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  if (byteLength === undefined) return false;
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}
