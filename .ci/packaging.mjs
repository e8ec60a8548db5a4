// Every published package as npm would publish it: has it its licence, does publint agree with it, and do types resolve
// everywhere?
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let bad = 0;
for (const name of readdirSync('packages')) {
  const directory = join('packages', name);
  if (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).private) continue;
  const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', tmpdir()], { cwd: directory });
  const [{ filename, files }] = JSON.parse(answer.toString());
  if (!files.some(({ path }) => path === 'LICENSE')) {
    bad++;
    console.error(`${name}: no LICENSE`);
  }
  const tarball = join(tmpdir(), filename);
  for (const [tool, ...args] of [
    ['publint', 'run', '--strict', tarball],
    ['attw', tarball, '--profile', 'esm-only'],
  ]) {
    try {
      execFileSync('npx', ['--no-install', tool, ...args], { stdio: 'pipe' });
      console.log(`${name}: ${tool} ok`);
    } catch (error) {
      bad++;
      console.error(`${name}: ${tool}\n${error.stdout}\n${error.stderr}`);
    }
  }
  rmSync(tarball);
}
process.exitCode = bad === 0 ? 0 : 1;
