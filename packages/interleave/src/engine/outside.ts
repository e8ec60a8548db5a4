/**
 * What a thread of the process owns, and no scenario: code that keeps something for longer than a scenario knows the same
 * symbol, as `@pkg/sync` does. Of the instrumented `Atomics` it is the key of a function that runs what it is given with the
 * genuine globals, and by which such code can tell that it runs in a scenario; of memory it is a mark.
 */
export const outsideKey = Symbol.for('@pkg/interleave.outside');

/** Whether the memory belongs to the process, whatever holds it: `@pkg/sync` marks the roll of threads so. */
export const isOutside = (buffer: SharedArrayBuffer): boolean => outsideKey in buffer;
