/** Makes a thrown value the process's uncaught error, where it is not to stop what this thread is at. Does not block. */
export function throwUncaught(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
