/**
 * What the kernel asks of its surroundings, answered with Node's `worker_threads`.
 *
 * @packageDocumentation
 */
import {
  getEnvironmentData,
  MessageChannel,
  type MessagePort as NodeMessagePort,
  receiveMessageOnPort,
  setEnvironmentData,
  threadId,
} from 'node:worker_threads';
import { isSharedArrayBuffer } from '../is-shared-array-buffer.ts';
import { realTime } from '../real-time.ts';
import type { LivenessProbe, ProbePort } from './web.ts';

export type { LivenessProbe, ProbePort } from './web.ts';

const TABLE_KEY = '@pkg/sync.threads';

/** See `web.ts`. */
export const sharedByRealms: object = process;

/** See `web.ts`. */
export function inheritedTable(): SharedArrayBuffer | undefined {
  const table: unknown = getEnvironmentData(TABLE_KEY);
  return isSharedArrayBuffer(table) ? table : undefined;
}

/** See `web.ts`. Environment data is inherited by every worker that this thread starts, raw ones too. */
export function bequeathTable(table: SharedArrayBuffer): void {
  setEnvironmentData(TABLE_KEY, table as never);
}

/** See `web.ts`. Node numbers the threads of a process from 0. */
export function threadKey(): number {
  return threadId + 1;
}

/** See `web.ts`. */
export function keyOfWorker(worker: object): number {
  const id = (worker as { threadId?: unknown } | null | undefined)?.threadId;
  return typeof id === 'number' && id > 0 ? id + 1 : 0;
}

const denoVersion = process.versions['deno'];
const IS_BUN = process.versions['bun'] !== undefined;

/**
 * Whether the end of a thread shows at the other ends of its channels. In Deno and Bun a port stays as it is, whatever has
 * become of the thread that had the other one.
 */
const PORTS_TELL = denoVersion === undefined && !IS_BUN;

/**
 * See `web.ts`. When a thread has run its last instruction, and the threads that it started have been joined, Node
 * closes its ports, and the other end of a channel becomes detached as soon as its messages are drained. A detached port
 * cannot be transferred, and both draining and transferring are synchronous: so a thread that blocks can still tell that
 * another one has ended, although it sees no `exit` event. Elsewhere the only message on the port is the thread's own word
 * that it ends.
 */
export function createLivenessProbe(): LivenessProbe {
  const channel = new MessageChannel();
  let mine: NodeMessagePort = channel.port1;
  let dead = false;
  mine.unref();
  const isDetached = () => {
    try {
      mine = structuredClone(mine as unknown as Transferable, {
        transfer: [mine as unknown as Transferable],
      }) as unknown as NodeMessagePort;
      mine.unref();
      return false;
    } catch {
      return true;
    }
  };
  return {
    port: channel.port2,
    tellsOfEveryEnd: PORTS_TELL,
    isDead() {
      if (dead) return true;
      const said = receiveMessageOnPort(mine);
      dead = PORTS_TELL ? isDetached() : said !== undefined;
      return dead;
    },
    close() {
      dead = true;
      mine.close();
    },
  };
}

/** See `web.ts`. */
export function sayEnd(port: ProbePort): void {
  if (!PORTS_TELL) (port as NodeMessagePort).postMessage('ended');
}

/**
 * See `web.ts`. `_exiting` tells an exit from an event of that name that a program has made up. A listener that the program
 * adds and then exits without a microtask in between comes after this one.
 */
export function onExit(listener: (isLast: boolean) => void): void {
  const last = () => {
    if ((process as { _exiting?: boolean })._exiting !== true) return;
    listener(process.rawListeners('exit').at(-1) === last && !usesSignalExit());
  };
  process.on('exit', last);
  process.on('newListener', (event, added) => {
    if (event !== 'exit' || added === last) return;
    realTime.queueMicrotask(() => {
      process.off('exit', last);
      process.on('exit', last);
    });
  });
}

/**
 * Whether the package `signal-exit`, on which many others build, is in use here: it puts an `emit` of its own in the place of
 * the process's, which calls what it was given after all listeners. Others that do so only filter warnings. Version 4 is to be
 * found at the global object, those before it at the process.
 */
function usesSignalExit(): boolean {
  const emitters = [
    Reflect.get(globalThis, Symbol.for('signal-exit emitter')),
    Reflect.get(process, '__signal_exit_emitter__'),
  ] as ({ readonly count?: number } | undefined)[];
  return emitters.some((emitter) => (emitter?.count ?? 0) > 0);
}

/** The part of Node's `Worker` that tells of its event loop. */
interface Measurable {
  readonly performance?: { eventLoopUtilization?(): { readonly idle: number } };
  once?(event: 'online', listener: () => void): unknown;
}

/**
 * See `web.ts`. Node tells how long a worker's event loop has been idle, and that is -1 for one that has run its last
 * instruction: from then on it ends the worker's own workers, and waits for them. It is 0 for one that has not begun, and
 * for one that was never asked while it ran: so it is asked as soon as it runs, if this thread serves events by then. Bun
 * does not know, and writes that to stderr whenever it is asked.
 */
export function watchStop(worker: object): () => boolean {
  if (IS_BUN) return () => false;
  const { performance } = worker as Measurable;
  const hasStopped = () => (performance?.eventLoopUtilization?.().idle ?? 0) < 0;
  (worker as Measurable).once?.('online', hasStopped);
  return hasStopped;
}

/** See `web.ts`. Node and Bun end it within some milliseconds; Deno lets it sleep on. */
export function terminationEndsWaits(): boolean {
  return denoVersion === undefined;
}

/** See `web.ts`. In Deno before 2.7.6 whoever waits runs when the event loop turns for another reason. */
export function waitsWakeEventLoop(): boolean {
  return wakesEventLoop;
}

const wakesEventLoop = denoVersion === undefined || isFrom(denoVersion, [2, 7, 6]);

/** Whether `version`, as in `2.7.6+1`, is `least` or a later one. */
function isFrom(version: string, least: readonly number[]): boolean {
  const parts = version.split(/[.+-]/).map(Number);
  const at = least.findIndex((part, i) => parts[i] !== part);
  return at === -1 || parts[at]! > least[at]!;
}

/** See `web.ts`. */
export function turn(): Promise<void> {
  return new Promise((resolve) => realTime.setImmediate(resolve));
}
