import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAndAct, checkThenAct } from '../examples/bounded-counter.ts';
import { waitWithIf, waitWithWhile } from '../examples/lost-wakeup.ts';
import { brokenSpinlock, spinlock } from '../examples/spinlock.ts';
import { explore, InterleavingFailure, replay, type Scenario } from '../src/index.ts';

const guide = readFileSync(new URL('../../../docs/guides/interleave.md', import.meta.url), 'utf8');

describe("the guide's examples", () => {
  it.each([
    [brokenSpinlock, '0.1x2.0'],
    [checkThenAct, '0.1x2.0'],
    [waitWithIf, '0x2.1x2.2x2.0.2x2'],
  ] as const)('$name is found with the minimal schedule, as the guide prints it', (subject, schedule) => {
    let failure: unknown;
    try {
      explore(subject as Scenario);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(InterleavingFailure);
    const { message, schedule: found } = failure as InterleavingFailure;
    expect(found).toBe(schedule);
    expect(guide).toContain(message);
    expect(() => replay(subject as Scenario, schedule)).toThrow(InterleavingFailure);
  });

  it.each([spinlock, checkAndAct, waitWithWhile] as const)('$name passes', (subject) => {
    const report = explore(subject as Scenario);
    expect(report.complete).toBe(true);
    expect(report.schedules).toBeGreaterThan(1);
  });

  it.each(['spinlock.ts', 'lost-wakeup.ts', 'bounded-counter.ts'])(
    '%s stands in the guide, in part or whole',
    (file) => {
      const source = readFileSync(new URL(`../examples/${file}`, import.meta.url), 'utf8');
      const blocks = [...guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].filter(
        ([, name]) => name === file,
      );
      expect(blocks.length).toBeGreaterThan(0);
      for (const [, , block] of blocks) expect(source).toContain((block as string).trim());
    },
  );
});
