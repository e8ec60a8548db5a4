/** What is hashed: 64 MiB in pieces of 256 KiB. */
export const PIECE_BYTES = 256 * 1024;
export const PIECES = (64 * 1024 * 1024) / PIECE_BYTES;
