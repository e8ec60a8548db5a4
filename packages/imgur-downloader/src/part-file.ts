import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { enterWriteGate } from './write-gate.ts';

/**
 * `.<process>-<thread>-<counter>.part`: a file that is being written, by whom. Without its later name, which may be as long
 * as names can be.
 */
const PART = /^\.(\d+)-\d+-\d+\.part$/;

/** Whether a file of that name may be one that is being written, which `removeParts` would take for abandoned. */
export const isPartName = (name: string): boolean => PART.test(name);

let counter = 0;

/**
 * Writes a file in one step as others see it: into a part file beside it, then renamed. A reader, or a
 * program that is stopped in between, never leaves or meets half a file under that name.
 *
 * @throws the error of the file system; Error when the program is about to end and nothing may be begun
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const leaveGate = enterWriteGate();
  counter += 1;
  const part = join(dirname(path), `.${process.pid}-${threadId}-${counter}.part`);
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    // Last of all: whoever waits for it takes it that no part file is left.
    leaveGate();
  }
}

/**
 * Removes the part files in a directory that nobody writes any more: those of processes that have ended,
 * and, on request, those of this process, for when it is about to end.
 */
export async function removeParts(directory: string, options: { own?: boolean } = {}): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const pid = Number(PART.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) continue;
    const abandoned = pid === process.pid ? options.own === true : !isAlive(pid);
    if (abandoned) await rm(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
