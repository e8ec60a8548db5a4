import type { Finding, Mutant } from './mutant.ts';

const HEADINGS = ['bug', 'what is broken', 'caught by', 'schedule', 'explorer', 'stress test'];
/** The column of figures, which stand to the right. */
const FIGURES = 4;

/** A table as the formatter of this repository leaves it. */
function drawTable(rows: readonly (readonly string[])[]): string {
  const escaped = [HEADINGS, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = HEADINGS.map((_, column) => Math.max(...escaped.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column === FIGURES ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const rule = widths.map((width, column) =>
    column === FIGURES ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [head, ...body] = escaped.map((row) => row.map(pad));
  return [head!, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The page that lists the mutants and how each was caught. */
export function drawReference(
  mutants: readonly Mutant[],
  findings: Readonly<Record<string, Finding>>,
): string {
  const rows = mutants.map(({ id, why }) => {
    const finding = findings[id];
    if (finding === undefined) return [`\`${id}\``, why, 'not caught', '', '', ''];
    const { program, kind, schedule, milliseconds, stress } = finding;
    const beside = stress === undefined ? '–' : (stress.caught ?? `no (${stress.rounds} rounds)`);
    return [`\`${id}\``, why, `${program}: ${kind}`, `\`${schedule}\``, `${milliseconds} ms`, beside];
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

${drawTable(rows)}
`;
}
