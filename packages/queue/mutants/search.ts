// npm run mutants -- [--only NAME[;NAME]] [--seconds N] [--no-stress] [--sound]
// Finds every seeded bug anew: by the explorer, and beside it by a plain stress test on real threads.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KernelCopies, ORIGINAL } from './kernel-copy.ts';
import type { Finding } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { PROGRAMS } from './programs.ts';
import { drawReference } from './reference.ts';
import { stress } from './stress.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    'no-stress': { type: 'boolean', default: false },
    sound: { type: 'boolean', default: false },
  },
});
const findingsFile = new URL('findings.json', import.meta.url);
const referenceFile = new URL('../../../docs/reference/mutants.md', import.meta.url);
const milliseconds = Number(values.seconds) * 1000;
const copies = new KernelCopies();
let failures = 0;

/** Explores the programs on the unchanged kernel: what a mutant fails in must be right without it. */
async function checkPrograms(): Promise<void> {
  const original = await copies.load(ORIGINAL);
  for (const name of new Set(MUTANTS.map(({ program }) => program))) {
    if (values.only && !values.only.split(';').includes(name)) continue;
    const program = PROGRAMS[name]!;
    const report = original.interleave.explore(program.build(original, name), {
      ...program.explore,
      throwOnFailure: false,
      milliseconds,
    });
    const verdict = report.failure ? report.failure.kind : report.complete ? 'complete' : 'out of time';
    console.log(`${name}: ${verdict}, ${report.schedules} schedules, ${report.milliseconds.toFixed(0)} ms`);
    if (program.calls !== undefined) {
      const { caught, rounds } = await stress(copies, ORIGINAL, name, 1000);
      if (caught !== undefined) failures++;
      console.log(`${name}: stress: ${caught ?? 'nothing'} in ${rounds} rounds`);
    }
    if (report.failure) {
      failures++;
      console.log(`${report.failure.message}\n${report.failure.table}\n${report.failure.schedule}`);
    }
  }
}

async function findMutants(): Promise<void> {
  const only = values.only?.split(';');
  const findings: Record<string, Finding> = read();
  for (const mutant of MUTANTS) {
    if (only && !only.includes(mutant.id)) continue;
    copies.add(mutant.id, mutant);
    const kernel = await copies.load(mutant.id);
    const program = PROGRAMS[mutant.program]!;
    const report = kernel.interleave.explore(program.build(kernel, mutant.program), {
      ...program.explore,
      throwOnFailure: false,
      milliseconds,
    });
    const { failure } = report;
    if (failure === undefined) {
      failures++;
      console.log(
        `${mutant.id}: not caught${report.complete ? ', complete' : ''}, ${report.schedules} schedules`,
      );
      continue;
    }
    const earlier = findings[mutant.id];
    const tried =
      values['no-stress'] && earlier?.program === mutant.program
        ? earlier.stress
        : values['no-stress'] || program.calls === undefined
          ? undefined
          : await stress(copies, mutant.id, mutant.program, Math.max(1000, report.milliseconds));
    findings[mutant.id] = {
      program: mutant.program,
      kind: failure.kind,
      schedule: failure.schedule,
      milliseconds: Math.round(report.milliseconds),
      schedules: report.schedules,
      ...(tried && { stress: tried }),
    };
    // Findings of mutants that are no more go, and the rest keeps the order of the list.
    const kept = MUTANTS.flatMap(({ id }) => (findings[id] ? [[id, findings[id]] as const] : []));
    writeFileSync(findingsFile, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
    const beside = tried ? `; stress: ${tried.caught ?? 'not caught'}, ${tried.rounds} rounds` : '';
    console.log(
      `${mutant.id}: ${failure.kind}, ${report.milliseconds.toFixed(0)} ms, ${report.schedules} schedules, ${failure.schedule}${beside}`,
    );
  }
  writeFileSync(referenceFile, drawReference(MUTANTS, read()));
}

function read(): Record<string, Finding> {
  try {
    return JSON.parse(readFileSync(findingsFile, 'utf8'));
  } catch {
    return {};
  }
}

try {
  await (values.sound ? checkPrograms() : findMutants());
} finally {
  copies.remove();
}
process.exitCode = failures === 0 ? 0 : 1;
