type Timer = ReturnType<typeof setTimeout>;

/** See {@link realTime}. */
interface RealTime {
  /** Milliseconds since the thread began. */
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  setInterval(callback: () => void, milliseconds: number): Timer;
  clearInterval(timer: Timer | undefined): void;
  /** On Node only. */
  setImmediate(callback: () => void): void;
  queueMicrotask(callback: () => void): void;
}

const own = <F extends (...args: never[]) => unknown>(global: F): F => global?.bind(globalThis) as F;

/**
 * Time as it passes, for what a thread owes to others, whatever the program puts in the place of the global functions: tests
 * with fake timers replace them, and move their time only when the test says so, which it cannot while it blocks, or awaits
 * what would come of it. Taken when this module is loaded.
 *
 * Not for the deadlines of the kernel: the interleaving explorer has a clock of its own, as `performance.now`. Those who
 * block until a deadline have a `Countdown`. And not for the timeouts that a program gives to tasks, joins and shutdowns that
 * it awaits: its tests may move these, and nothing else waits for them.
 */
export const realTime: RealTime = {
  now: performance.now.bind(performance),
  setTimeout: own(globalThis.setTimeout as RealTime['setTimeout']),
  clearTimeout: own(globalThis.clearTimeout as RealTime['clearTimeout']),
  setInterval: own(globalThis.setInterval as RealTime['setInterval']),
  clearInterval: own(globalThis.clearInterval as RealTime['clearInterval']),
  setImmediate: own(globalThis.setImmediate as RealTime['setImmediate']),
  queueMicrotask: own(globalThis.queueMicrotask),
};
