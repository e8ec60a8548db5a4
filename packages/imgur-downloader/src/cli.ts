#!/usr/bin/env node
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { type Arguments, type Mode, parseArguments } from './arguments.ts';
import { DownloadError } from './errors.ts';
import { defaultGallery } from './gallery/default-gallery.ts';
import { removeParts } from './part-file.ts';

/** The program of each mode, loaded when it is chosen. */
const PROGRAMS: Record<
  Mode,
  () => Promise<{ main: (options: Arguments, signal: AbortSignal) => Promise<unknown> }>
> = {
  threads: () => import('./threads.ts'),
  simple: () => import('./simple.ts'),
  procs: () => import('./procs.ts'),
  compare: () => import('./compare.ts'),
};

async function run(options: Arguments, signal: AbortSignal): Promise<void> {
  if (options.apiBase) process.env['IMGUR_API_BASE'] = options.apiBase;
  if (!options.clientId && !options.apiBase) {
    await defaultGallery({ images: options.images, latency: options.latency });
  }
  const { main } = await PROGRAMS[options.mode]();
  await main(options, signal);
}

/** What the user sees of an error: the message of one that is expected, all of one that is not. */
function report(error: unknown): void {
  console.error(error instanceof DownloadError ? error.message : error);
  process.exitCode = 1;
}

/** Ends the program on a signal, after the processes that it started, and leaves no file half-written. */
async function stop(code: number, { dir }: Arguments, running: Promise<void>, controller: AbortController) {
  controller.abort(new DownloadError('DOWNLOAD_INTERRUPTED', 'interrupted'));
  await Promise.race([running, delay(500)]);
  for (const name of ['.', 'simple', 'threads', 'procs']) await removeParts(join(dir, name), { own: true });
  process.exit(code);
}

function start(options: Arguments): void {
  const controller = new AbortController();
  const running = run(options, controller.signal).catch((error) => {
    if (!controller.signal.aborted) report(error);
  });
  process.once('SIGINT', () => stop(130, options, running, controller));
  process.once('SIGTERM', () => stop(143, options, running, controller));
}

try {
  start(parseArguments(process.argv.slice(2)));
} catch (error) {
  // Commander has printed the help, the version or the mistake already.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
