import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CHATTY_LINES, linesOf, runProgram, TSX } from './run-program.ts';

const ways = ['22', '24', '26'].flatMap((version) => {
  const node = fileURLToPath(
    new URL(`../../../engines/node_modules/node${version}/bin/node`, import.meta.url),
  );
  return [
    { title: `by the type stripping of Node ${version}`, node, flags: [] },
    { title: `by tsx on Node ${version}`, node, flags: TSX },
  ];
});

describe('TypeScript modules become threads', () => {
  for (const { title, node, flags } of ways) {
    // A fresh machine has only its own Node; CI installs all of them, and there none may be missing.
    it.runIf(existsSync(node) || process.env['CI'])(`${title} (npm ci --prefix engines)`, async () => {
      const { code, stdout, stderr } = await runProgram(node, flags, 'tour');
      expect(stderr).not.toContain('Exception in thread');
      const lines = linesOf(stdout);
      expect(lines.slice(0, CHATTY_LINES.length)).toEqual(CHATTY_LINES);
      expect(lines.slice(CHATTY_LINES.length)).toEqual([
        'QuotaExceeded: more than 7',
        "WorkerDiedError: thread 'ender' died before its work was finished: process.exit(3) was called",
        "WorkerDiedError: thread 'ender' died before its work was finished: RangeError: in a timer",
      ]);
      expect(code).toBe(0);
    });
  }
});
