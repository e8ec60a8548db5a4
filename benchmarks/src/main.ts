// npm run bench -- queue [--node 20|22|24|26]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const suites: Record<string, string> = { queue: 'queue/run.ts' };
const { values, positionals } = parseArgs({
  options: { node: { type: 'string', default: '24' } },
  allowPositionals: true,
});

const suite = suites[positionals[0] ?? ''];
if (suite === undefined) {
  console.error(
    `usage: npm run bench -- ${Object.keys(suites).join('|')} [--node 20|22|24|26], not '${positionals[0] ?? ''}'`,
  );
  process.exit(2);
}

const binary = process.version.startsWith(`v${values.node}.`)
  ? process.execPath
  : join(here, `../../engines/node_modules/node${values.node}/bin/node`);
if (!existsSync(binary)) {
  console.error(`Node ${values.node} is not installed: npm ci --prefix engines`);
  process.exit(2);
}
// The suite runs on the built packages, as users do.
const flags = values.node === '20' ? ['--import', 'tsx'] : [];
const run = spawnSync(binary, ['--expose-gc', ...flags, join(here, suite)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
