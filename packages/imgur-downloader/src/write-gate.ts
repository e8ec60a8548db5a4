/**
 * Whether files may still be written: one word of memory that the program and all its threads share. It is closed before
 * the program ends early. Whoever writes then finishes, nobody begins, and so no file stays half-written.
 *
 * Ending the threads instead would not do: a request that a thread has handed to the file system is carried out also when
 * the thread is gone, and so may make a file after everything has been cleared away.
 *
 * @packageDocumentation
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Environment data, as every thread inherits it and every copy of this module finds it. */
const KEY = '@pkg/imgur-downloader.write-gate';

/** In the gate's word once it is closed; below it is the number of writes that are under way. */
const CLOSED = 2 ** 30;

/** How often the one who closes the gate looks whether the last write has ended, in milliseconds. They take a few. */
const LOOK_EVERY = 1;

/** Sets up a gate, open, for this thread and those that are started from now on. Without one, anybody may write. */
export function openWriteGate(): void {
  setEnvironmentData(KEY, new SharedArrayBuffer(4) as never);
}

/**
 * Begins a write. Does not block.
 *
 * @returns what ends it; to be called once
 * @throws Error when the gate is closed
 */
export function enterWriteGate(): () => void {
  const gate = findGate();
  if (gate === undefined) return () => {};
  const leave = () => void Atomics.sub(gate, 0, 1);
  // Counted first, then looked: whoever closes the gate between the two waits for this one to leave.
  if (Atomics.add(gate, 0, 1) >= CLOSED) {
    leave();
    throw new Error('the program is about to end');
  }
  return leave;
}

/** Closes the gate for good, and waits until every write that is under way in any thread has ended. */
export async function closeWriteGate(): Promise<void> {
  const gate = findGate();
  if (gate === undefined) return;
  Atomics.or(gate, 0, CLOSED);
  // Loaded by the one who closes: the threads never do.
  const { setTimeout: delay } = await import('node:timers/promises');
  while (Atomics.load(gate, 0) !== CLOSED) await delay(LOOK_EVERY);
}

function findGate(): Int32Array | undefined {
  const memory: unknown = getEnvironmentData(KEY);
  return memory instanceof SharedArrayBuffer ? new Int32Array(memory) : undefined;
}
