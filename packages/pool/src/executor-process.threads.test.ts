import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TSX } from '../test/run-program.ts';

const program = fileURLToPath(new URL('../test/fixtures/executor-program.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

const run = (what: string): Promise<{ code: number | null; stdout: string }> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--conditions=@pkg/source', ...TSX, program, what],
      { cwd: root, timeout: 500_000, env: { ...process.env, NODE_OPTIONS: '' } },
      (_, stdout) => resolve({ code: child.exitCode, stdout }),
    );
  });

describe('a program with an executor that it never shuts down', () => {
  it.each([
    ['idle', '3\n'],
    ['never used', 'main is done\n'],
    ['pending', 'main is done\nlater x\n'],
    ['cancelled', 'cancelled\n'],
    ['abandoned stream', '0\n'],
    ['blocked for a module that cannot be loaded', 'ExecutorBroken\n'],
  ])('ends by itself, and not before its tasks: %s', async (what, stdout) => {
    expect(await run(what)).toEqual({ code: 0, stdout });
  });
});
