// npm run crash-matrix [-- --node 24 --only LIBRARY --kind KIND --situation SITUATION --verbose]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineBinary } from '../engine-binary.ts';
import { type Kind, kinds, type Situation, situations } from './cells.ts';
import { type Cell, pageOf } from './page.ts';
import { runCell } from './run-cell.ts';
import { subjects } from './subjects.ts';
import { verdictOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '24' },
    only: { type: 'string' },
    kind: { type: 'string' },
    situation: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const pick = (what: string, all: readonly string[], wanted: string | undefined) => {
  if (wanted === undefined) return all;
  if (all.includes(wanted)) return [wanted];
  console.error(`--${what} ${all.join('|')}, not '${wanted}'`);
  process.exit(2);
};
const libraries = pick('only', Object.keys(subjects), values.only);
const chosenKinds = pick('kind', Object.keys(kinds), values.kind) as Kind[];
const chosenSituations = pick('situation', Object.keys(situations), values.situation) as Situation[];
const isWhole = [values.only, values.kind, values.situation].every((each) => each === undefined);

const binary = engineBinary(values.node);
const cells: Cell[] = [];
for (const kind of chosenKinds) {
  for (const situation of chosenSituations) {
    for (const library of libraries) {
      const outcome = await runCell(binary, library, kind, situation);
      const verdict = verdictOf(kind, situation, outcome);
      cells.push({ library, kind, situation, verdict });
      console.error(
        `${verdict.good === false ? '✗' : ' '} ${kind}, ${situation}, ${library}: ${verdict.text}`,
      );
      if (values.verbose) console.error(JSON.stringify(outcome));
    }
  }
}

const node = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
const page = pageOf(cells, libraries, node);
if (isWhole) {
  const file = fileURLToPath(new URL('../../../docs/reference/crash-matrix.md', import.meta.url));
  writeFileSync(file, page);
  console.error(`written to ${file}`);
} else console.log(page);
process.exit(cells.some(({ library, verdict }) => library === '@pkg/pool' && verdict.good !== true) ? 1 : 0);
