/** How many bytes a buffer or view has. None if they are gone, or have shrunk away under it, also where a DataView would throw. */
export function byteLengthOf(bytes: ArrayBufferView | ArrayBufferLike): number {
  try {
    return bytes.byteLength;
  } catch {
    return 0;
  }
}
