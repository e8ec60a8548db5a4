import { readFileSync } from 'node:fs';
import { markdownTable } from '../markdown-table.ts';
import { type Kind, kinds, type Situation, situations } from './cells.ts';
import type { Verdict } from './verdict.ts';

/** One cell of the table. */
export interface Cell {
  readonly library: string;
  readonly kind: Kind;
  readonly situation: Situation;
  readonly verdict: Verdict;
}

function versionOf(library: string): string {
  const file = new URL(`../../../node_modules/${library}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

const list = (things: Readonly<Record<string, string>>) =>
  Object.entries(things)
    .map(([name, what]) => `- **${name}**: ${what}`)
    .join('\n');

/** The page of the docs. */
export function pageOf(cells: readonly Cell[], libraries: readonly string[], node: string): string {
  const cellOf = (library: string, kind: Kind, situation: Situation) =>
    cells.find((each) => each.library === library && each.kind === kind && each.situation === situation);
  const text = ({ good, text }: Verdict) =>
    good === false ? `✗ ${text}` : good === true ? `✓ ${text}` : `– ${text}`;
  const sums = libraries.map((library) => {
    const judged = cells.filter((each) => each.library === library && each.verdict.good !== undefined);
    return `${judged.filter(({ verdict }) => verdict.good).length} of ${judged.length}`;
  });
  const rows = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    (Object.keys(situations) as Situation[]).flatMap((situation) => {
      const found = libraries.map((library) => cellOf(library, kind, situation));
      if (found.every((cell) => cell === undefined)) return [];
      return [[kind, situation, ...found.map((cell) => (cell === undefined ? '' : text(cell.verdict)))]];
    }),
  );
  const sumRow = ['**as it should be**', '', ...sums.map((sum) => `**${sum}**`)];
  return `# What a death does to a pool

Eight ways for a task or its thread to end, in five situations, in five libraries: ${libraries
    .map((library) => `\`${library}\` ${versionOf(library)}`)
    .join(
      ', ',
    )}, on Node ${node.replace(/^v/, '')}. \`npm run crash-matrix\` runs all of it and writes this page.

${list(kinds)}

${list(situations)}

## How it is run

Each cell is a process of its own with a pool of one worker. The task that is to die says by shared memory that it runs,
and perishes when it is told to; tasks that are queued are submitted right behind it. A promise that has not settled five
seconds after the death counts as lost. Then three more tasks are submitted, to see whether the pool goes on; they have
two and a half seconds. A process that has said nothing after fifteen seconds is killed: its main thread is blocked.
"Idle" means that a task has returned and left a timer behind that dies 50 ms later (for "rejection": a promise that
nobody handles); for the module and the initializer, that no task had been submitted when the workers started.

A cell is **as it should be** (✓) when the task that dies rejects, all other tasks complete, tasks that are submitted later
complete as well, and no error reaches the main thread in a way that nobody can catch. If no worker can ever start (module,
initializer), every task must reject, and starting must not go on for ever. During a shutdown tasks that are queued may be
rejected, if they are settled at all, and the shutdown itself must end. ✗ says what falls short; "not offered" (–), that the
library has no such feature, and is left out of the sums. "Respawns for ever" is said of a pool of one worker that has
started more than eight.

Each library is used as its documentation has it, with what it offers against deaths switched on: a listener for its
\`error\` events, \`resourceLimits\` of 24 MiB, a second for a shutdown.

- \`piscina\`: \`atomics: 'async'\` and \`closeTimeout\`. With \`'sync'\`, the default, an idle worker is frozen: what a task
  has left behind strikes the next task. Its initializer is a module that exports a promise; shutdown is \`close()\`.
- \`tinypool\`: \`useAtomics: false\`, for the same reason, and \`terminateTimeout\`; initializer as in piscina; shutdown is
  \`destroy()\`, the only one there is.
- \`workerpool\`: \`workerType: 'thread'\`; \`workerEmit\` as stream; an initializer that is awaited before
  \`workerpool.worker()\`; shutdown is \`terminate(false, 1000)\`.
- \`poolifier\`: \`FixedThreadPool\` with \`enableTasksQueue\`, so that tasks wait in the main thread, \`errorHandler\` and
  \`tasksFinishedTimeout\`; an initializer that is awaited before \`new ThreadWorker()\`; shutdown is \`destroy()\`.

## Results

${markdownTable(['death', 'situation', ...libraries], [...rows, sumRow])}
`;
}
