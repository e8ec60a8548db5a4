/**
 * Threads that are started together load their modules in turns, as many at a time as the machine has cores.
 *
 * Loading keeps a core busy. If all load at once, all are ready at the end; in turns, the first are ready long
 * before, and the last no later. The threads take turns by themselves, so that `start()` need not wait for any.
 *
 * @packageDocumentation
 */
import { availableParallelism } from 'node:os';
import { Semaphore } from '@pkg/sync';

/**
 * The longest time that a thread waits for its turn, in milliseconds. Loading may depend on a thread that was started
 * later, so that waiting for it for ever would be a deadlock.
 */
const LONGEST_WAIT = 250;

/** The handle of what the threads that one thread starts have in common. */
export type LoadingTurns = Semaphore['handle'];

let shared: Semaphore | undefined;

/** What the threads started here are given, all the same. */
export function loadingTurns(): LoadingTurns {
  shared ??= new Semaphore(availableParallelism());
  return shared.handle;
}

/** Loads when it is the calling thread's turn, or when it has waited for long. Blocks. */
export async function inTurn<T>(turns: LoadingTurns, load: () => Promise<T>): Promise<T> {
  const semaphore = Semaphore.from(turns);
  const isMine = semaphore.acquire({ timeout: LONGEST_WAIT });
  try {
    return await load();
  } finally {
    if (isMine) semaphore.release();
  }
}
