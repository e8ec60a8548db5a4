import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineBinary } from '../../pool/test/engine-binary.ts';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'proxy-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a Node that goes through a proxy', () => {
  for (const version of ['24', '26']) {
    const installed = existsSync(engineBinary(version));
    it.runIf(installed || process.env['CI'])(
      `asks the built-in gallery without it: Node ${version} (npm ci --prefix engines)`,
      async () => {
        const { status, stderr } = spawnSync(
          engineBinary(version),
          ['--conditions=@pkg/source', cli, '--images', '2', '--latency', '0', '--dir', directory],
          {
            encoding: 'utf8',
            env: {
              PATH: process.env['PATH'],
              NODE_USE_ENV_PROXY: '1',
              // Nobody listens there.
              HTTP_PROXY: 'http://127.0.0.1:9',
            },
          },
        );
        expect(stderr).toMatch(/^No Imgur client id is set: using the built-in gallery at .*\n$/);
        expect(status).toBe(0);
        expect(await readdir(directory)).toHaveLength(2);
      },
    );
  }
});
