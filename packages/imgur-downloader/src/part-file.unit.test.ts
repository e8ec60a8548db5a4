import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from './part-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'part-file-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('writeWhole', () => {
  it('writes files with the longest names that there can be', async () => {
    const name = `${'x'.repeat(251)}.png`;
    await writeWhole(join(directory, name), new Uint8Array(3));
    expect(await readdir(directory)).toEqual([name]);
  });
});
