#!/usr/bin/env node
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { type Arguments, type Mode, parseArguments } from './arguments.ts';
import { DownloadError } from './errors.ts';
import { defaultGallery } from './gallery/default-gallery.ts';
import { watchOutput } from './output.ts';
import { removeParts } from './part-file.ts';
import { unlessAborted } from './unless-aborted.ts';
import { closeWriteGate, openWriteGate } from './write-gate.ts';

/**
 * The program of each mode, loaded when it is chosen. Those that start processes take a signal, and end when it has
 * aborted and their processes have ended; the others have nothing that needs to be waited for.
 */
const PROGRAMS: Record<
  Mode,
  () => Promise<{ main: (options: Arguments, signal: AbortSignal) => Promise<unknown> }>
> = {
  threads: () => import('./threads.ts'),
  simple: () => import('./simple.ts'),
  procs: () => import('./procs.ts'),
  compare: () => import('./compare.ts'),
};
const TAKES_SIGNAL: ReadonlySet<Mode> = new Set(['procs', 'compare']);

/** So many images take seconds to draw, in which a user wants to know what is going on. */
const SLOW_TO_DRAW = 200;

/** How long an early end waits, in milliseconds: a thread that died in the middle of a write never ends it. */
const LONGEST_END = 5_000;

async function run(options: Arguments, signal: AbortSignal): Promise<void> {
  const { mode, images, latency } = options;
  // Also when it is empty: an option goes before the environment, which the programs look at.
  process.env['IMGUR_API_BASE'] = options.apiBase;
  if (!options.clientId && !options.apiBase) {
    if (images >= SLOW_TO_DRAW) console.error(`Drawing the ${images} images of the built-in gallery`);
    await unlessAborted(defaultGallery({ images, latency }), signal);
  }
  const { main } = await PROGRAMS[mode]();
  signal.throwIfAborted();
  const done = main(options, signal);
  await (TAKES_SIGNAL.has(mode) ? done : unlessAborted(done, signal));
}

/** What the user sees of an error: the message of one that is expected, all of one that is not. */
function report(error: unknown): void {
  console.error(error instanceof DownloadError ? error.message : error);
  process.exitCode = 1;
}

/** Starts the program, and returns what ends it early, with an exit code and no file left half-written. */
function start(options: Arguments): (code: number) => void {
  const controller = new AbortController();
  // Before any thread is started, for all of them to have it.
  openWriteGate();
  const running = run(options, controller.signal).catch((error) => {
    if (!controller.signal.aborted) report(error);
  });
  return async (code) => {
    // Ending already. Ctrl-C may come twice by itself: from the terminal, and from an npm that passes it on.
    if (controller.signal.aborted) return;
    controller.abort(new DownloadError('DOWNLOAD_INTERRUPTED', 'interrupted'));
    try {
      // Only when no thread and no process can write any more is what is cleared away the last of it.
      await Promise.race([Promise.all([closeWriteGate(), running]), delay(LONGEST_END)]);
      for (const name of ['.', 'simple', 'threads', 'procs']) {
        await removeParts(join(options.dir, name), { own: true });
      }
    } finally {
      process.exit(code);
    }
  };
}

let end = (code: number): void => {
  process.exitCode = code;
};
// First of all: the help may be what cannot be written.
watchOutput((code) => end(code));
try {
  end = start(parseArguments(process.argv.slice(2)));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => end(128 + constants.signals[name]));
  }
} catch (error) {
  // Commander has printed the help, the version or the mistake already.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
