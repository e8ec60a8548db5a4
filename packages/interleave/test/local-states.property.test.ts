import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOUNDS, scenarioOf } from '../deep/compare.ts';
import { type Program, programs } from '../deep/programs.ts';
import { type ExploreOptions, type Scenario, scenario } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import { search } from '../src/search.ts';
import { words } from './words.ts';

/** All that a search does, but for the time that it takes, with room for so many local states. */
function report(program: Program, options: ExploreOptions, localStates: number | undefined) {
  const ends: string[] = [];
  const subject = scenarioOf(program, (end) => ends.push(end)) as unknown as Scenario;
  const { milliseconds: _, ...rest } = search(
    subject,
    resolveOptions({ ...BOUNDS, schedules: 2_000, ...program.options, ...options }),
    localStates,
  );
  return { ...rest, ends };
}

describe('a search that remembers what bodies do', () => {
  it.each<ExploreOptions>([{}, { prune: false }, { strategy: 'pct', depth: 3, schedules: 200 }])(
    'does what it does where it always runs them: %o',
    (options) => {
      fc.assert(
        fc.property(programs, (program) => {
          // Of options that go with another strategy there is none among a program's but the bound.
          const { preemptions: _, ...rest } = program.options;
          const subject = options.strategy === undefined ? program : { ...program, options: rest };
          const expected = report(subject, options, 0);
          expect(report(subject, options, undefined)).toEqual(expected);
          // Room for some of them only.
          expect(report(subject, options, 12)).toEqual(expected);
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe('a body that was seen to do something', () => {
  const resolved = resolveOptions({});

  it('is run far less often than executions go on with it', () => {
    let runs = 0;
    const increments = (_: { data: Int32Array }) => {
      runs++;
      for (let i = 0; i < 3; i++) Atomics.add(_.data, 0, 1);
    };
    const { schedules } = search(
      scenario({
        name: 'counted',
        setup: () => ({ data: words(1) }),
        threads: [increments, increments, increments],
      }) as unknown as Scenario,
      { ...resolved, prune: false },
    );
    expect(schedules).toBe(1680);
    expect(runs).toBeLessThan(schedules);
  });

  it('is nondeterministic when it does something else from where it stood before, after any number of times', () => {
    let runs = 0;
    const { failure } = search(
      scenario({
        name: 'changes its mind',
        setup: () => ({ data: words(2) }),
        threads: [
          ({ data }) => void Atomics.add(data, runs++ < 1 ? 0 : 1, 1),
          ({ data }) => {
            for (let i = 0; i < 600; i++) Atomics.add(data, 1, 1);
          },
        ],
      }) as unknown as Scenario,
      { ...resolved, prune: false, maxSteps: 10_000 },
    );
    expect(failure?.bare.kind).toBe('nondeterminism');
    expect(failure?.bare.message).toContain('its access 0 was add at byte 0 and is now add at byte 4');
  });

  it('is nondeterministic when it ends where it went on', () => {
    let runs = 0;
    const { failure } = search(
      scenario({
        name: 'gives up',
        setup: () => ({ data: words(2) }),
        threads: [
          ({ data }) => {
            Atomics.add(data, 0, 1);
            if (runs++ < 1) Atomics.add(data, 1, 1);
          },
          ({ data }) => void Atomics.add(data, 0, 1),
        ],
      }) as unknown as Scenario,
      { ...resolved, prune: false },
    );
    expect(failure?.bare.message).toContain('its access 1 was add at byte 4 and is now none, as it ended');
  });

  it('is run always where an element is there or not, depending on what others do, and no access tells', () => {
    const seen = new Set<unknown>();
    const { failure } = search(
      scenario({
        name: 'beyond the end',
        setup: () => {
          const buffer = new SharedArrayBuffer(4, { maxByteLength: 8 });
          return { buffer, data: new Int32Array(buffer) };
        },
        threads: [
          ({ data }) => {
            const first = data[1];
            Atomics.add(data, 0, 1);
            return first;
          },
          ({ buffer }) => void buffer.grow(8),
        ],
        check: ({ results }) => void seen.add(results[0]),
      }) as unknown as Scenario,
      { ...resolved, races: false },
    );
    expect(failure).toBeUndefined();
    expect(seen).toEqual(new Set([undefined, 0]));
  });
});
