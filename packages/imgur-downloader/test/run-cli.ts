import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a program ended and what it printed. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** How a program is started. */
export interface Surroundings {
  /** In a process group of its own, which can be sent a signal as a terminal does. */
  detached?: boolean;
  /** A file descriptor to print to, in place of a pipe. */
  stdout?: number;
}

/** Starts a module of `src` as a program of its own, from its TypeScript source, without a client id. */
export function startProgram(
  module: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
  { detached = false, stdout: output }: Surroundings = {},
): Running {
  const program = fileURLToPath(new URL(`../src/${module}`, import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@pkg/source', '--import', import.meta.resolve('tsx'), program, ...args],
    {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', IMGUR_CLIENT_ID: '', IMGUR_API_BASE: '', ...env },
      detached,
      stdio: ['ignore', output ?? 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command line program to its end. */
export function runCli(args: readonly string[], cwd: string, env?: Record<string, string>): Promise<Ended> {
  return startProgram('cli.ts', args, cwd, env).ended;
}
