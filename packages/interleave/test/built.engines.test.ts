import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { engineBinary } from '../../pool/test/engine-binary.ts';

/** What a program that uses the built package prints. */
function output(fixture: string, node = process.execPath, args: readonly string[] = []): string {
  const program = fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url));
  return execFileSync(node, [...args, program], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

describe('the built package', () => {
  it.each([[[]], [['--enable-source-maps']]])(
    'tells the lines of the code under test, with options %j',
    (args) => {
      const rows = output('call-site.mjs', process.execPath, args).trimEnd().split('\n').slice(2);
      expect(rows.map((row) => row.split('│').at(-1)?.trim())).toEqual([
        'call-site.mjs:8',
        'call-site.mjs:8',
        'call-site.mjs:9',
        'call-site.mjs:9',
      ]);
    },
  );

  for (const version of ['24', '26']) {
    const node = engineBinary(version);
    it.runIf(existsSync(node) || process.env['CI'])(`knows Float16Array on Node ${version}`, () => {
      expect(JSON.parse(output('float16.mjs', node))).toEqual({
        race: 'race',
        byDataView: 'race',
        refused: 'uncaught',
      });
    });
  }
});
