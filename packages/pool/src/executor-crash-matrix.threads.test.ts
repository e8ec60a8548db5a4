import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KINDS, type Kind, runCell, SITUATIONS, type Situation } from '../test/fixtures/crash-cells.ts';
import { TSX } from '../test/run-program.ts';

const program = fileURLToPath(new URL('../test/fixtures/crash-cell-program.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Out of memory may take the whole process with it. */
const runInChild = (kind: Kind, situation: Situation): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@pkg/source', ...TSX, program, kind, situation],
      { cwd: root, timeout: 500_000, env: { ...process.env, NODE_OPTIONS: '' } },
      (_, stdout, stderr) => resolve(stdout === 'as promised\n' ? stdout : stdout + stderr),
    );
  });

describe('the crash matrix', () => {
  const cells = KINDS.flatMap((kind) => SITUATIONS.map((situation) => [kind, situation] as const));

  it.each(cells)('%s × %s', async (kind, situation) => {
    if (kind === 'out of memory') expect(await runInChild(kind, situation)).toBe('as promised\n');
    else await runCell(kind, situation);
  });
});
