import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { engineBinary } from './engine-binary.ts';

const smoke = fileURLToPath(new URL('./fixtures/engine-smoke.mjs', import.meta.url));

/** Sum of the squares of 1 to 100, twice. */
const SUM = 676_700;

describe('the built packages', () => {
  for (const version of ['22', '24', '26']) {
    const installed = existsSync(engineBinary(version));
    // A fresh machine has only its own Node; CI installs all of them, and there none may be missing.
    it.runIf(installed || process.env['CI'])(`run on Node ${version} (npm ci --prefix engines)`, () => {
      const output = execFileSync(engineBinary(version), [smoke], {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      expect(JSON.parse(output)).toEqual({ sum: SUM, deadLetters: [-1] });
    });
  }

  it(`run on this Node, ${process.version}`, () => {
    const output = execFileSync(process.execPath, [smoke], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(JSON.parse(output)).toEqual({ sum: SUM, deadLetters: [-1] });
  });
});
