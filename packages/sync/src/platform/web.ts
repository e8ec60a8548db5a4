/**
 * What the kernel asks of its surroundings, answered with web standards only. `node.ts` answers the same
 * questions with what Node adds.
 *
 * @packageDocumentation
 */

/**
 * A `MessagePort`, of the web or of Node. Not called so, since a program may have the types of one of the two only: a
 * program for Node has no need of the compiler's `dom` library.
 */
export interface ProbePort {
  /** As a port does. Ends the watch: the watched thread would be taken for ended. */
  close(): void;
}

/** Tells, without waiting for an event, whether another thread has ended. */
export interface LivenessProbe {
  /** Goes to the watched thread, by being transferred; that hands it to `keepProbe`. */
  readonly port: ProbePort;
  /** Whether it tells of ends that the thread cannot tell of itself, as when it is terminated. */
  readonly tellsOfEveryEnd: boolean;
  /** True once the watched thread will never run another instruction. Does not block. */
  isDead(): boolean;
  /** Gives up watching. */
  close(): void;
}

/**
 * An object that all realms of the calling thread have in common, for what belongs to the thread to be kept on. A worker of
 * the web has one realm.
 */
export const sharedByRealms: object = globalThis;

/** The memory of the thread table that this thread was started with, if its parent handed one down. */
export function inheritedTable(): SharedArrayBuffer | undefined {
  return undefined;
}

/** Hands `table` down to every thread that this one starts from now on. */
export function bequeathTable(_table: SharedArrayBuffer): void {}

/** A positive number under which this thread's parent can find it in a thread table. */
export function threadKey(): number {
  return 1 + (crypto.getRandomValues(new Uint32Array(1))[0]! >>> 2);
}

/** The key of the thread behind `worker`, or 0 where the platform does not tell. */
export function keyOfWorker(_worker: object): number {
  return 0;
}

/**
 * Calls `listener` as the very last of what runs in this thread, if it exits by itself; with false when something may run
 * after it all the same. The web tells nobody of that.
 */
export function onExit(_listener: (isLast: boolean) => void): void {}

/**
 * Watches over a worker that this thread started and that does not help with it. Returns what tells, without waiting for
 * an event, whether it has stopped: true once it will never run another instruction, while threads that it started may,
 * false also where that cannot be told.
 */
export function watchStop(_worker: object): () => boolean {
  return () => false;
}

/** The web has no synchronous way to learn that a worker has ended. */
export function createLivenessProbe(): LivenessProbe | undefined {
  return undefined;
}

/** Says on the port of a probe that this thread ends, where its end does not show there by itself. */
export function sayEnd(_port: ProbePort): void {}

/**
 * Whether a thread that sleeps in `Atomics.wait` is sure to end at once when it is terminated. In some browsers it ended
 * after its sleep.
 */
export function terminationEndsWaits(): boolean {
  return false;
}

/** Whether the end of an `Atomics.waitAsync` wakes the event loop, so that the code that awaits it runs by then. */
export function waitsWakeEventLoop(): boolean {
  return true;
}

/** Lets pending events of this thread have their turn. By a message: a timer would wait longer each time. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
