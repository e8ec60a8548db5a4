export const PIECE_BYTES: number;
export const PIECES: number;
