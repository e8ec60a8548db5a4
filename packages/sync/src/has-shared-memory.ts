/** Whether this thread has shared memory. Pages that are not cross-origin isolated lack the global. Does not block. */
export const hasSharedMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined';
