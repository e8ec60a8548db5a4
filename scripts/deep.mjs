// npm run test:deep -- [--seed N] [--minutes M] [--each M] [--only search|schedules|deaths|soak] [--deaths N] [--tasks N]
//
// What the suite has no time for, one after the other: generated programs that the search must judge alike with pruning
// and without (for 5 minutes, or M if that is less); schedules of the queue family (for M minutes, and for as many as
// --each says of one program; resumed where an earlier run left off, see packages/queue/deep/main.ts for more options);
// threads that are killed at random while they use a queue; and tasks of an executor amid cancels, timeouts and deaths.
// All of it by one seed, default 1.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    each: { type: 'string', default: '20' },
    only: { type: 'string' },
    deaths: { type: 'string', default: '20000' },
    tasks: { type: 'string', default: '1000000' },
  },
});
const { seed, minutes, each, deaths, tasks } = values;
const typescript = ['--conditions=@pkg/source', '--import', 'tsx'];
const parts = {
  search: [
    [
      ...typescript,
      'packages/interleave/deep/main.ts',
      '--seed',
      seed,
      '--minutes',
      String(Math.min(5, Number(minutes))),
    ],
    {},
  ],
  schedules: [
    [...typescript, 'packages/queue/deep/main.ts', '--seed', seed, '--minutes', minutes, '--each', each],
    {},
  ],
  deaths: [
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'threads',
      'packages/queue/test/deaths.threads.test.ts',
    ],
    { DEATHS: deaths, SEED: seed },
  ],
  soak: [['--expose-gc', ...typescript, 'packages/pool/deep/soak.ts', '--seed', seed, '--tasks', tasks], {}],
};
if (values.only !== undefined && !(values.only in parts)) {
  console.error(`--only must be one of ${Object.keys(parts).join(', ')}, not '${values.only}'`);
  process.exit(2);
}
const failed = [];
for (const [name, [command, env]] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.log(`--- ${name}`);
  const run = spawnSync(process.execPath, command, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (run.status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
