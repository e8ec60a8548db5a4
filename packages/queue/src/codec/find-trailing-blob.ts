/**
 * How many bytes of blob the item from index `start` to index `end` of `bytes` ends with; 0 when it is not easily said.
 * Called under a lock, so it looks at a few bytes only. `decode` must ask for exactly these bytes as one blob.
 */
export type FindTrailingBlob = (bytes: Uint8Array, start: number, end: number) => number;
