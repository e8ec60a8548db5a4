import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ended } from './run-program.ts';

/** An engine of `engines/` that is no Node. */
export interface OtherEngine {
  readonly name: string;
  readonly binary: string;
  /** What its command line has before the path of a program. */
  readonly flags: readonly string[];
  /** Whether it is there: after `npm ci --prefix engines`. */
  readonly installed: boolean;
}

const engine = (name: string, path: string, flags: readonly string[]): OtherEngine => {
  const binary = fileURLToPath(new URL(`../../../engines/node_modules/${path}`, import.meta.url));
  return { name, binary, flags, installed: existsSync(binary) };
};

/** The engines on which the built packages are tested besides Node. */
export const OTHER_ENGINES: readonly OtherEngine[] = [
  engine('Deno', 'deno/deno', ['run', '-A']),
  engine('Bun', 'bun/bin/bun', []),
];

/** Runs a program of the fixtures on `engine`, on the built packages, in a process of its own. */
export const runOn = ({ binary, flags }: OtherEngine, fixture: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const program = fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url));
    // Deno keeps what it has compiled in a directory of the user's.
    const cache = mkdtempSync(join(tmpdir(), 'other-engine-'));
    const env = { ...process.env, NODE_OPTIONS: '', DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1' };
    const child = execFile(
      binary,
      [...flags, program, ...args],
      { timeout: 500_000, killSignal: 'SIGKILL', env },
      (_, stdout, stderr) => {
        rmSync(cache, { recursive: true, force: true });
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
  });
