import { describe, expect, it } from 'vitest';
import { explore, type Outcome, replay, scenario } from '../src/index.ts';
import { words } from './words.ts';

interface Context {
  readonly go: Int32Array;
  readonly found: Int32Array;
}

const setup = (): Context => ({ go: words(1), found: words(1) });

/** What the one who recovers found, plus one; 0 if nobody died. */
const noteWhatIsThere = ({ go, found }: Context) => void Atomics.store(found, 0, 1 + Atomics.load(go, 0));

const waitForGo = ({ go }: Context) => {
  while (Atomics.load(go, 0) === 0);
};
const letGo = ({ go }: Context) => void Atomics.store(go, 0, 1);

describe('A thread that spins on loads', () => {
  it.each([true, false])('can die before others let it go on: prune %s', (prune) => {
    const found = new Set<number>();
    const subject = scenario<Context>({
      name: 'a spinner',
      setup,
      threads: [waitForGo, letGo],
      recover: noteWhatIsThere,
      check: ({ context }) => void found.add(context.found[0] as number),
    });
    expect(explore(subject, { kills: 1, victims: [0], prune }).complete).toBe(true);
    expect([...found].sort()).toEqual([0, 1, 2]);
  });

  it.each([true, false])('dies there again when that is replayed: minimise %s', (minimise) => {
    const subject = scenario<Context>({
      name: 'a spinner that is missed',
      setup,
      threads: [waitForGo, letGo],
      recover: noteWhatIsThere,
      check: ({ context }) => context.found[0] !== 1,
    });
    const { failure } = explore(subject, { kills: 1, victims: [0], minimise, throwOnFailure: false });
    expect(failure?.kind).toBe('check');
    expect(() => replay(subject, failure!.schedule)).toThrow(
      expect.objectContaining({ schedule: failure!.schedule, table: failure!.table }),
    );
  });
});

describe('A thread that has done all of an operation', () => {
  /** What an operation does. */
  const works: [string, ({ go }: Context) => unknown][] = [
    ['an access that others see', ({ go }) => Atomics.add(go, 0, 1)],
    ['one that nobody sees after that', ({ go }) => [Atomics.add(go, 0, 1), Atomics.load(go, 0)]],
    ['a plain write', ({ go }) => go.fill(1)],
  ];

  /** How many operations the dead thread has begun and ended, and what it left in the memory of both. */
  const fateOf = ({ context, history }: Outcome<Context>): string => {
    const ended = history.filter(({ end }) => end !== Number.POSITIVE_INFINITY).length;
    return `${ended} of ${history.length}: ${context.go[0]}`;
  };

  const dying = (work: (context: Context) => unknown, check: (outcome: Outcome<Context>) => unknown) =>
    scenario<Context>({
      name: 'an operation and another',
      setup,
      threads: [
        (context, thread) => {
          thread.call('work', [], () => work(context));
          thread.call('count', [], () => Atomics.add(context.found, 0, 1));
        },
      ],
      check,
    });

  it.each(works)('can die before it returns: %s', (_, work) => {
    const fates = new Set<string>();
    explore(
      dying(work, (outcome) => void fates.add(fateOf(outcome))),
      { kills: 1 },
    );
    expect(fates).toContain('0 of 1: 1');
    expect(fates).toContain('1 of 1: 1');
    expect(fates).toContain('2 of 2: 1');
  });

  it.each(works)('dies there again when that is replayed: %s', (_, work) => {
    for (const fate of ['0 of 1: 1', '1 of 1: 1']) {
      const subject = dying(work, (outcome) => fateOf(outcome) !== fate);
      const { failure } = explore(subject, { kills: 1, throwOnFailure: false });
      expect(failure?.kind).toBe('check');
      expect(() => replay(subject, failure!.schedule)).toThrow(
        expect.objectContaining({ schedule: failure!.schedule, table: failure!.table }),
      );
    }
  });
});
