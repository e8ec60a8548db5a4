// Browsers without cross-origin isolation have no such global.
const byteLength =
  typeof SharedArrayBuffer === 'undefined'
    ? undefined
    : Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength')!.get!;

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
