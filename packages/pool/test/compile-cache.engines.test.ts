import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { engineBinary } from './engine-binary.ts';

const program = fileURLToPath(new URL('./fixtures/compile-cache.mjs', import.meta.url));

const cachesOf = (version: string, ...args: string[]): Record<'program' | 'thread' | 'task', string> =>
  JSON.parse(
    execFileSync(engineBinary(version), [program, ...args], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: '', NODE_V8_COVERAGE: '' },
    }),
  );

describe("the program's compile cache", () => {
  for (const version of ['22', '24', '26']) {
    const installed = existsSync(engineBinary(version));
    it.runIf(installed || process.env['CI'])(`is that of its threads on Node ${version}`, () => {
      const place = mkdtempSync(join(tmpdir(), 'compile-cache-'));
      try {
        const caches = cachesOf(version, place);
        expect(caches.program.startsWith(place)).toBe(true);
        expect(caches).toEqual({ program: caches.program, thread: caches.program, task: caches.program });
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it.runIf(installed || process.env['CI'])(`is none on Node ${version} unless it asks for one`, () => {
      expect(cachesOf(version)).toEqual({ program: 'none', thread: 'none', task: 'none' });
    });
  }
});
