/** Shared memory of `count` int32 words: what most scenarios of these tests work on. */
export const words = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(count * 4));
