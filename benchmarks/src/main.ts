// npm run bench -- queue|pool|lesson|interleave [--node 20|22|24|26] [what the suite takes]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineBinary } from './engine-binary.ts';

const suites: Record<string, string> = {
  queue: 'queue/run.mjs',
  pool: 'pool/run.mjs',
  lesson: 'lesson/run.mjs',
  interleave: 'interleave/run.mjs',
};
const { values, positionals } = parseArgs({
  options: {
    node: { type: 'string', default: '24' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const suite = suites[positionals[0] ?? ''];
if (suite === undefined) {
  console.error(
    `usage: npm run bench -- ${Object.keys(suites).join('|')} [--node 20|22|24|26], not '${positionals[0] ?? ''}'`,
  );
  process.exit(2);
}

const suiteArguments = [
  ...(values.only === undefined ? [] : ['--only', values.only]),
  ...(values.quick ? ['--quick'] : []),
];
// The suite runs on the built packages, as users do.
const run = spawnSync(
  engineBinary(values.node),
  ['--expose-gc', fileURLToPath(new URL(suite, import.meta.url)), ...suiteArguments],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
