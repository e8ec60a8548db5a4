import { createRequire } from 'node:module';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { webAddress } from './web-address.ts';

const MODES = ['threads', 'simple', 'procs', 'compare'] as const;

/** How the program runs. */
export type Mode = (typeof MODES)[number];

/** The command line, checked. */
export interface Arguments {
  mode: Mode;
  /** Empty for the built-in gallery, whatever the environment says: that has been looked at. */
  clientId: string;
  /** Empty for the address of Imgur's own API, likewise. */
  apiBase: string;
  workers: number;
  dir: string;
  /** How many images the built-in gallery has. */
  images: number;
  /** How long each image of the built-in gallery takes, in milliseconds. */
  latency: number;
}

/**
 * Reads the command line; prints the help, the version or what is wrong with it.
 *
 * @param argv the arguments without the program's name: `process.argv.slice(2)`
 * @throws CommanderError whose `exitCode` is 0 after help and version, else 1
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const command = new Command('imgur-downloader')
    .description(
      'Downloads a gallery of images: with threads, one after the other, with processes, or in all three ' +
        'ways to compare them. Without an Imgur client id the images come from a built-in gallery, a server ' +
        'on this machine.',
    )
    .version((createRequire(import.meta.url)('../package.json') as { version: string }).version)
    .addArgument(new Argument('[mode]', 'how to download').choices(MODES).default('threads'))
    .addOption(
      new Option('--client-id <id>', 'client id of your Imgur application; empty: the built-in gallery')
        .env('IMGUR_CLIENT_ID')
        .argParser(clientId),
    )
    .addOption(
      new Option('--api-base <url>', 'address of the API (default: https://api.imgur.com)')
        .env('IMGUR_API_BASE')
        .argParser(apiBase),
    )
    .addOption(
      new Option('--workers <number>', 'number of threads or processes, 1 to 64')
        .default(8)
        .argParser(wholeNumber(1, 64)),
    )
    .addOption(new Option('--dir <path>', 'directory for the images').default('images').argParser(notEmpty))
    .addOption(
      new Option(
        '--images <number>',
        'built-in gallery: number of images, 1 to 1000 (default: 24; compare: 64)',
      ).argParser(wholeNumber(1, 1000)),
    )
    .addOption(
      new Option(
        '--latency <ms>',
        'built-in gallery: milliseconds that each image takes, 0 to 60000 (default: 100)',
      ).argParser(wholeNumber(0, 60_000)),
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ imgur-downloader                            # the built-in gallery, with 8 threads\n' +
        '  $ imgur-downloader compare                    # threads, processes and neither, in one table\n' +
        '  $ IMGUR_CLIENT_ID=0123456789abcde imgur-downloader --dir pictures\n' +
        '\nExit code: 0 when every image was downloaded, 1 when something failed, 130 after Ctrl-C, 143 after\n' +
        'SIGTERM, 129 when the terminal is closed (SIGHUP), 141 when nobody reads the output any more (| head -1).\n' +
        'However it ends, no file stays half-written.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help shows what can be given)')
    .exitOverride();
  command.parse(argv, { from: 'user' });
  const mode = command.processedArgs[0] as Mode;
  const options = command.opts<Partial<Arguments>>();
  const remote = options.clientId || options.apiBase;
  for (const name of ['images', 'latency'] as const) {
    if (remote && options[name] !== undefined) {
      command.error(
        `error: --${name} is for the built-in gallery, but ${
          options.clientId ? 'a client id is set (--client-id or IMGUR_CLIENT_ID)' : 'an API base is set'
        }`,
      );
    }
  }
  return {
    mode,
    clientId: options.clientId ?? '',
    apiBase: options.apiBase ?? '',
    workers: options.workers ?? 8,
    dir: options.dir ?? 'images',
    images: options.images ?? (mode === 'compare' ? 64 : 24),
    latency: options.latency ?? 100,
  };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function clientId(text: string): string {
  // Also catches the lesson's own 'replace with your client ID'.
  if (/\s/.test(text)) throw new InvalidArgumentError('An Imgur client id has no spaces.');
  return text;
}

function apiBase(text: string): string {
  if (text !== '' && webAddress(text) === undefined) {
    throw new InvalidArgumentError('Expected an address that starts with http:// or https://.');
  }
  return text;
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected the name of a directory.');
  return text;
}
