/** Lets pending events of this thread have their turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
