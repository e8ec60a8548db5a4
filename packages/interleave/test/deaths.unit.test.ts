import { describe, expect, it } from 'vitest';
import { explore, replay, scenario } from '../src/index.ts';
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
