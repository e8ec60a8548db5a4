import { describe, expect, it } from 'vitest';
import { explore, InterleavingFailure, replay, type Scenario, scenario } from '../src/index.ts';
import { words } from './words.ts';

interface Context {
  readonly flag: Int32Array;
  readonly data: Int32Array;
}

/** What a body may do, one of its words further each time. */
const DEEDS: Readonly<Record<string, (context: Context, at: number) => void>> = {
  store: ({ flag }, at) => void Atomics.store(flag, at, 1),
  write: ({ data }, at) => {
    data[at] = 1;
  },
  load: ({ flag }, at) => void Atomics.load(flag, at),
  wait: ({ flag }) => void Atomics.wait(flag, 0, 0),
  waitAwhile: ({ flag }) => void Atomics.wait(flag, 1, 0, 5),
};

/** Every body of one or two deeds, and one with plain writes on both sides of an access. */
function bodies(): string[][] {
  const names = Object.keys(DEEDS);
  return [
    ...names.map((name) => [name]),
    ...names.flatMap((first) => names.map((second) => [first, second])),
    ['write', 'store', 'write'],
  ];
}

/** Ends the wait of a thread that sleeps on the first word. */
function waker({ flag }: Context): void {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

type Check = NonNullable<Scenario<Context>['check']>;

const scenarioOf = (body: readonly string[], check: Check) =>
  scenario<Context>({
    name: body.join(' '),
    setup: () => ({ flag: words(3), data: words(3) }),
    threads: [
      (context) => {
        for (const [at, name] of body.entries()) DEEDS[name]!(context, at);
      },
      waker,
    ],
    check,
  });

/** What a death leaves behind, for those who come later. */
const remains = ({ context, killed }: Parameters<Check>[0]): string =>
  `${killed}: ${[...context.flag]} ${[...context.data]}`;

describe('A schedule with a death', () => {
  it('leads to that death again, wherever the thread died', () => {
    let deaths = 0;
    for (const body of bodies()) {
      const found = new Set<string>();
      explore(
        scenarioOf(body, (outcome) => void found.add(remains(outcome))),
        { kills: 1, victims: [0] },
      );
      for (const wrong of found) {
        const subject = scenarioOf(body, (outcome) => remains(outcome) !== wrong);
        for (const minimise of [true, false]) {
          const { failure } = explore(subject, { kills: 1, victims: [0], minimise, throwOnFailure: false });
          expect(failure, wrong).toMatchObject({ kind: 'check', message: 'check returned false' });
          expect(() => replay(subject, failure!.schedule), `${body} ${failure!.schedule}`).toThrow(
            expect.objectContaining({ schedule: failure!.schedule, table: failure!.table }),
          );
        }
        if (wrong.startsWith('0')) deaths++;
      }
    }
    expect(deaths).toBeGreaterThan(40);
  });

  it('tells what the dead thread did before', () => {
    const subject = scenarioOf(['store', 'store'], ({ killed }) => killed.length === 0);
    const afterBoth = scenarioOf(
      ['store', 'store', 'store'],
      ({ context, killed }) => killed.length === 0 || context.flag[1] === 0,
    );
    const scheduleOf = (each: Scenario<Context>) =>
      explore(each, { kills: 1, victims: [0], throwOnFailure: false }).failure?.schedule;
    expect(scheduleOf(subject)).toBe('k0.1x2');
    expect(scheduleOf(afterBoth)).toBe('0x2.k0.1x2');
    expect(() => replay(afterBoth, '0x2.k0')).toThrow(InterleavingFailure);
    expect(replay(afterBoth, 'k0').trace.map(({ operation }) => operation)).toEqual([
      'killed',
      'store',
      'notify',
    ]);
  });
});
