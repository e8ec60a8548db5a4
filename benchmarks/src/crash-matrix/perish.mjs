// The deaths that a task can die by itself, and the tasks of the matrix. One value in: every pool can do that.
import { setTimeout as sleep } from 'node:timers/promises';

/** Comes to an end in the way that `how` names. */
export function perish(how) {
  switch (how) {
    case 'throw':
      throw new RangeError('thrown by the task');
    case 'rejection':
      return Promise.reject(new RangeError('rejected by the task'));
    case 'uncaught':
      setTimeout(() => {
        throw new RangeError('thrown by a timer');
      }, 10);
      return sleep(3_600_000);
    case 'exit':
      return process.exit(3);
    case 'out of memory':
      for (const kept = []; ; ) kept.push(new Array(100_000).fill(kept.length));
    case 'terminate':
      // The main thread does it.
      return sleep(3_600_000);
    default:
      throw new TypeError(`no such death: ${how}`);
  }
}

/** Says that it runs, waits for the word, and perishes. */
export async function doomed({ how, words }) {
  Atomics.store(words, 0, 1);
  while (Atomics.load(words, 1) === 0) await sleep(5);
  return perish(how);
}

/** Returns at once, and leaves something behind that perishes. */
export function legacy({ how, words }) {
  setTimeout(() => {
    Atomics.store(words, 0, 1);
    void perish(how);
  }, 50);
}

/** Yields three items by `emit`, and perishes. */
export async function emitting({ how, words }, emit) {
  for (let i = 0; i < 3; i++) emit(i);
  await doomed({ how, words });
}

/** A task that has nothing to do with it. */
export async function innocent(value) {
  await sleep(5);
  return value + 1;
}
