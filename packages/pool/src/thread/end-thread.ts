/**
 * Ends the calling worker, which exits with its own exit code. As it was before the user's module was loaded: that may
 * replace `process.exit`, as spies of tests do, and the worker would never end.
 */
export const endThread: () => never = process.exit.bind(process);
