/**
 * The first module of a thread: loads the user's class, makes the object anew from its fields, runs it, and
 * says how it ended. It does not import `Thread`: the user's module brings that.
 *
 * @packageDocumentation
 */

import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { workerData } from 'node:worker_threads';
import { currentThread, deadlineOf, EventCount, waitUntil } from '@pkg/sync/kernel';
import { packError } from './thread/error-travel.ts';
import { UnknownSharedObject, unpackFields } from './thread/field-travel.ts';
import { findClass, type RunnableClass } from './thread/find-class.ts';
import { loadModule } from './thread/load-module.ts';
import {
  ENDING,
  EVENTS,
  GRACE,
  JOINERS,
  type Outcome,
  RUNNING,
  STATE,
  type ThreadData,
} from './thread/protocol.ts';
import { thisThread } from './thread/this-thread.ts';

const data = workerData as ThreadData;
const state = new Int32Array(data.state);
const events = new EventCount(state, EVENTS, currentThread());
const self = thisThread();
self.name = data.name;
self.daemon = data.daemon;
// Reachable for as long as the thread runs: the starter takes its closing for the thread's end.
Object.defineProperty(globalThis, Symbol.for('@pkg/pool.liveness'), { value: data.liveness });

/** Whether the end has been announced, so that the exit that follows is no death. */
let over = false;

function announce(outcome: Outcome): void {
  data.outcomes.postMessage(outcome);
}

function move(to: number): void {
  Atomics.store(state, STATE, to);
  if (events.hasWaiters) events.notify();
}

/** Ends the thread. Threads that it started and that are no daemons are waited for, as they would die with it. */
async function end(outcome: Outcome): Promise<never> {
  over = true;
  announce(outcome);
  move(ENDING);
  while (self.children.size > 0) await Promise.all(self.children);
  process.exit();
}

/** The longest time that a failed thread gives a busy starter to join it, in milliseconds. */
const LONGEST_GRACE = 1000;

/**
 * Writes an error to stderr unless somebody waits for the thread's end, who will get it; says whether it did.
 * A starter that has not yet come round since start() may be just about to join.
 */
function report(error: unknown): boolean {
  const isJoined = () => Atomics.load(state, JOINERS) > 0;
  const isSettled = () => isJoined() || Atomics.load(state, GRACE) === 0;
  waitUntil(events, isSettled, deadlineOf(LONGEST_GRACE), () => {});
  if (isJoined()) return false;
  const text = `Exception in thread ${data.name}:\n${inspect(error)}\n`;
  try {
    // Straight to the descriptor: process.stderr of a thread goes through its starter, which may be blocked.
    writeSync(2, text);
  } catch {
    process.stderr.write(text);
  }
  return true;
}

process.on('uncaughtExceptionMonitor', (error) => {
  announce({
    type: 'uncaught',
    error: packError(error),
    reported: process.listenerCount('uncaughtException') === 0 && report(error),
    loaded: self.instance !== undefined,
  });
});

let dry = false;
process.on('beforeExit', () => {
  dry = true;
});
process.on('exit', (code) => {
  if (over) return;
  announce({ type: 'exited', code, dry, loaded: self.instance !== undefined });
  move(ENDING);
});

/** The user's class, or why there is none. */
async function load(): Promise<RunnableClass | Outcome> {
  let namespace: Record<string, unknown>;
  self.loading = true;
  try {
    namespace = await loadModule(data.url);
  } catch (error) {
    return { type: 'load-failed', error: packError(error) };
  } finally {
    self.loading = false;
  }
  return findClass(namespace, data.className) ?? { type: 'not-exported', exports: Object.keys(namespace) };
}

/** The user's object: its class's prototype and its fields; the constructor ran in the starter. */
async function revive(found: RunnableClass): Promise<{ run(): unknown }> {
  const instance = Object.create(found.prototype as object) as { run(): unknown };
  return Object.defineProperties(instance, Object.getOwnPropertyDescriptors(await unpackFields(data.packed)));
}

async function main(): Promise<never> {
  const found = await load();
  if (typeof found !== 'function') return end(found);
  let instance: { run(): unknown };
  try {
    instance = await revive(found);
  } catch (error) {
    const path = error instanceof UnknownSharedObject ? error.path : '';
    return end({ type: 'field-failed', path, error: packError(error) });
  }
  self.instance = instance;
  move(RUNNING);
  try {
    await instance.run();
  } catch (error) {
    return end({ type: 'threw', error: packError(error), reported: report(error) });
  }
  return end({ type: 'returned' });
}

main();
