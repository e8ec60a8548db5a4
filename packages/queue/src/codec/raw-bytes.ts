/** The part of Node's `Buffer` that gives memory as it is. */
interface RawMemory {
  allocUnsafeSlow?(length: number): Uint8Array<ArrayBuffer>;
}

/**
 * Memory that is about to be written over as a whole: of zeros only where the platform has nothing else. To zero a
 * mebibyte takes as long as to copy it.
 */
export function rawBytes(length: number): Uint8Array<ArrayBuffer> {
  const raw = (globalThis as { Buffer?: RawMemory }).Buffer?.allocUnsafeSlow?.(length);
  return raw === undefined ? new Uint8Array(length) : new Uint8Array(raw.buffer, raw.byteOffset, length);
}
