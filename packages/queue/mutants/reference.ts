import type { Finding, Mutant } from './mutant.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The page that lists the mutants and how each was caught. */
export function drawReference(
  mutants: readonly Mutant[],
  findings: Readonly<Record<string, Finding>>,
): string {
  const rows = mutants.map((mutant) => {
    const finding = findings[mutant.id];
    if (finding === undefined) return `| \`${mutant.id}\` | ${cell(mutant.why)} | not caught | | | |`;
    const { stress } = finding;
    return `| \`${mutant.id}\` | ${cell(mutant.why)} | ${finding.program}: ${finding.kind} | \`${finding.schedule}\` | ${finding.milliseconds} ms | ${
      stress === undefined ? '–' : stress.caught ? `${stress.caught}` : `no (${stress.rounds} rounds)`
    } |`;
  });
  const all = Object.values(findings);
  const stressed = all.filter(({ stress }) => stress !== undefined);
  const byStress = stressed.filter(({ stress }) => stress?.caught !== undefined).length;
  return `# Seeded bugs

Each line is one bug put into the kernel on purpose, by a patch of one place in \`packages/queue/mutants/mutants.ts\`.
The explorer of \`@pkg/interleave\` catches ${all.length} of ${mutants.length}, each with a schedule that \`replay\` runs again; the suite
does so (\`packages/queue/src/mutants.interleaving.test.ts\`), and checks that the unchanged kernel comes through the same
schedule. Beside it stands what a plain stress test made of the same program in the same time, at least a second: real
threads that start each round together, and for programs with deaths a \`terminate()\` at a random moment. It caught
${byStress} of the ${stressed.length} that it can run (the others drive a part of the kernel directly).

\`npm run mutants\` finds them all anew and writes this page.

| bug | what is broken | caught by | schedule | explorer | stress test |
| --- | --- | --- | --- | ---: | --- |
${rows.join('\n')}
`;
}
