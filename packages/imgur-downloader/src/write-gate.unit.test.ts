import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from './part-file.ts';
import { closeWriteGate, enterWriteGate, openWriteGate } from './write-gate.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'write-gate-'));
  openWriteGate();
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the write gate', () => {
  it('lets the files that have been begun be finished before it is closed', async () => {
    const writes = ['a', 'b', 'c'].map((name) => writeWhole(join(directory, name), new Uint8Array(3e6)));
    await closeWriteGate();
    expect((await readdir(directory)).sort()).toEqual(['a', 'b', 'c']);
    await Promise.all(writes);
  });

  it('waits for the last of those who write, also for one that fails', async () => {
    const leave = enterWriteGate();
    let isClosed = false;
    const closing = closeWriteGate().then(() => {
      isClosed = true;
    });
    // This one is refused, and counted meanwhile: that ends nobody's wait but its own.
    expect(() => enterWriteGate()).toThrow('about to end');
    await expect(writeWhole(join(directory, 'late'), new Uint8Array(1))).rejects.toThrow('about to end');
    expect(isClosed).toBe(false);
    leave();
    await closing;
    openWriteGate();
    const failing = writeWhole(join(directory, 'missing', 'a'), new Uint8Array(1)).catch(
      (error) => error.code,
    );
    await closeWriteGate();
    expect(await failing).toBe('ENOENT');
  });

  it('lets nobody begin a file once it is closed', async () => {
    await closeWriteGate();
    await expect(writeWhole(join(directory, 'a'), new Uint8Array(1))).rejects.toThrow(
      'the program is about to end',
    );
    expect(await readdir(directory)).toEqual([]);
  });
});
