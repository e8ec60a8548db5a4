/**
 * Blobs of this many bytes and more are big: a copy less of them is worth some trouble, and so is their place. V8 copies
 * to and from shared memory eight times as fast between places that are multiples of 8.
 */
export const BIG_BLOB = 64 * 1024;
