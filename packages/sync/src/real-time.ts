/**
 * Time as it passes, for what a thread owes to others, whatever the program puts in the place of the global functions: tests
 * with fake timers replace them, and move their time only when the test says so, which it cannot while it blocks, or awaits
 * what would come of it. Taken when this module is loaded.
 *
 * Not for the deadlines of the kernel: the interleaving explorer has a clock of its own, as `performance.now`. Those who
 * block until a deadline have a `Countdown`.
 */
export const realTime = {
  /** Milliseconds since the thread began. */
  now: performance.now.bind(performance),
};
