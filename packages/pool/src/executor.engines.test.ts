import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const smoke = fileURLToPath(new URL('../test/fixtures/executor-smoke.mjs', import.meta.url));
const binary = (version: string) =>
  fileURLToPath(new URL(`../../../engines/node_modules/node${version}/bin/node`, import.meta.url));

describe('an executor of the built packages', () => {
  for (const [version, file] of [
    [process.version, process.execPath],
    ...['22', '24', '26'].map((each) => [each, binary(each)] as const),
  ] as const) {
    // A fresh machine has only its own Node; CI installs all of them, and there none may be missing.
    it.runIf(existsSync(file) || process.env['CI'])(
      `runs on Node ${version} (npm ci --prefix engines)`,
      () => {
        const output = execFileSync(file, [smoke], {
          encoding: 'utf8',
          env: { ...process.env, NODE_OPTIONS: '' },
        });
        expect(JSON.parse(output)).toEqual({
          sum: 499_500,
          items: 40,
          died: ['WorkerDiedError', 3],
          stack: [true, true, true],
          nested: [4, 8],
          small: 'small',
          workers: 0,
        });
      },
    );
  }
});
