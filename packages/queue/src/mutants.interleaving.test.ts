import { readFileSync } from 'node:fs';
import type { InterleavingFailure, Scenario } from '@pkg/interleave';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, KernelCopies, matchesOf, ORIGINAL } from '../mutants/kernel-copy.ts';
import type { Finding } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { PROGRAMS } from '../mutants/programs.ts';

const findings: Record<string, Finding> = JSON.parse(
  readFileSync(new URL('../mutants/findings.json', import.meta.url), 'utf8'),
);

let copies: KernelCopies;
let original: Kernel;
beforeAll(async () => {
  copies = new KernelCopies();
  original = await copies.load(ORIGINAL);
});
afterAll(() => copies.remove());

/** Replays the schedule of a finding on a copy of the kernel; returns the kind of the failure, if it fails. */
function replayOn(kernel: Kernel, { program, schedule }: Finding): string | undefined {
  const subject: Scenario<unknown, unknown> = PROGRAMS[program]!.build(kernel, program);
  try {
    kernel.interleave.replay(subject, schedule);
    return undefined;
  } catch (error) {
    if ((error as Error).name !== 'InterleavingFailure') throw error;
    return (error as InterleavingFailure).kind;
  }
}

describe('Seeded bugs of the kernel', () => {
  it('are at least forty, all found, with a name each', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
    expect(Object.keys(findings).sort()).toEqual(MUTANTS.map(({ id }) => id).sort());
  });

  for (const mutant of MUTANTS) {
    it(`${mutant.id}: fails along its schedule, and the unchanged kernel does not`, async () => {
      expect(matchesOf(mutant)).toBe(1);
      const finding = findings[mutant.id]!;
      expect(finding.program).toBe(mutant.program);
      copies.add(mutant.id, mutant);
      expect(replayOn(await copies.load(mutant.id), finding)).toBe(finding.kind);
      expect(replayOn(original, finding)).toBeUndefined();
    });
  }
});
