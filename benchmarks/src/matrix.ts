// npm run test:matrix: the whole suite on every Node of engines/, beside the one that runs this.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
if (!existsSync(`${root}engines/node_modules`)) {
  const install = spawnSync('npm', ['ci', '--prefix', 'engines'], { cwd: root, stdio: 'inherit' });
  if (install.status !== 0) process.exit(1);
}
const binaries = [
  process.execPath,
  ...['22', '24', '26'].map((v) => `${root}engines/node_modules/node${v}/bin/node`),
];
const results = binaries.map((binary) => {
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`\n=== Node ${version}`);
  const run = spawnSync(binary, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  return { version, ok: run.status === 0 };
});
for (const { version, ok } of results) console.log(`Node ${version}: ${ok ? 'green' : 'FAILED'}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
