/**
 * Thrown by a {@link ByteWriter} before it copies a blob of an item that can never fit. The verb that puts the item
 * makes it the RangeError that users see.
 */
export class ItemTooLarge extends Error {
  /** Bytes that the item has at the least, counted from `ByteWriter.start`. */
  readonly bytes: number;

  constructor(bytes: number) {
    super(`an item of at least ${bytes} bytes`);
    this.bytes = bytes;
  }
}
