import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kind, Outcome, Situation } from './cells.ts';

/** How long the process of a cell may take, in milliseconds, before it is killed: its own patience, and a reserve. */
const LIMIT = 15_000;

const script = fileURLToPath(new URL('./cell.mjs', import.meta.url));

/** Runs a cell in a process of its own. */
export function runCell(binary: string, library: string, kind: Kind, situation: Situation): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [script, library, kind, situation], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    let isLate = false;
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, LIMIT);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const line = /^@@(.*)$/m.exec(out)?.[1];
      if (line !== undefined) {
        const observation = JSON.parse(line);
        resolve(observation === null ? { type: 'not offered' } : { type: 'observed', observation });
      } else if (isLate) resolve({ type: 'wedged' });
      else {
        const what = /FATAL ERROR: (.*)/.exec(err)?.[1];
        resolve({ type: 'died', how: what ?? (signal === null ? `exit code ${code}` : signal) });
      }
    });
  });
}
