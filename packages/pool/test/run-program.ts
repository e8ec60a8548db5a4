import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The flags that make a program run under tsx. */
export const TSX = ['--import', 'tsx'];

/** What the thread `Chatty` of the program prints. */
export const CHATTY_LINES = Array.from({ length: 5000 }, (_, line) => `line ${line}`);

export const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);

/** How a child process ended. `code` is null when it was killed. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `fixtures/program.ts`, from its sources, in a process of its own. */
export const runProgram = (node: string, flags: string[], ...args: string[]): Promise<Ended> =>
  runFixture('program.ts', node, flags, ...args);

/** The same with another program of the fixtures. */
export const runFixture = (file: string, node: string, flags: string[], ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const program = fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url));
    const child = execFile(
      node,
      ['--conditions=@pkg/source', ...flags, program, ...args],
      { cwd: root, timeout: 500_000, env: { ...process.env, NODE_OPTIONS: '' } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
