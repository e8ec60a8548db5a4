import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExploreOptions, explore, scenario, type ThreadContext } from '../src/index.ts';
import { precedence, precedenceOfEnded } from './fixtures/precedence.ts';
import { words } from './words.ts';

type Step = readonly [
  verb:
    | 'load'
    | 'add'
    | 'store'
    | 'cas'
    | 'wait'
    | 'notify'
    | 'read'
    | 'write'
    | 'spin'
    | 'rest'
    | 'twice'
    | 'raise'
    | 'lower'
    | 'size'
    | 'grow',
  word: number,
];
type Program = readonly (readonly Step[])[];

const step = (...verbs: Step[0][]): fc.Arbitrary<Step> =>
  fc.tuple(fc.constantFrom(...verbs), fc.nat({ max: 1 }));
const programs = (most: number, ...verbs: Step[0][]): fc.Arbitrary<Program> =>
  fc.array(fc.array(step(...verbs), { minLength: 1, maxLength: most }), { minLength: 2, maxLength: 3 });

/** A counter that keeps nothing but its place, and tries again when it is disturbed. */
class Counter {
  readonly #words: Int32Array;
  readonly #word: number;

  constructor(words: Int32Array, word: number) {
    this.#words = words;
    this.#word = word;
  }

  raise(): void {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if (Atomics.compareExchange(this.#words, this.#word, seen, seen + 1) === seen) return;
    }
  }

  /** What is left; throws when there was nothing. */
  lower(): number {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if (seen === 0) throw new RangeError('nothing left');
      if (Atomics.compareExchange(this.#words, this.#word, seen, seen - 1) === seen) return seen - 1;
    }
  }
}

/** One step on shared words, by thread `me`: what it yields. */
function perform(memory: Int32Array, area: SharedArrayBuffer, me: number, [verb, word]: Step): unknown {
  switch (verb) {
    case 'size':
      return area.byteLength;
    case 'grow':
      try {
        return area.grow(8 * (me + 2));
      } catch (error) {
        return (error as Error).name;
      }
    case 'load':
      return Atomics.load(memory, word);
    case 'add':
      return Atomics.add(memory, word, 1);
    case 'store':
      return Atomics.store(memory, word, me + 10);
    case 'cas':
      return Atomics.compareExchange(memory, word, 0, me + 1);
    case 'wait':
      return Atomics.wait(memory, word, 0, 5);
    case 'notify':
      return Atomics.notify(memory, word, 1);
    case 'raise':
      return new Counter(memory, word).raise();
    case 'lower':
      try {
        return new Counter(memory, word).lower();
      } catch (error) {
        return (error as Error).message;
      }
    case 'rest':
      // A call that makes no access.
      return undefined;
    case 'twice':
      // A call that makes two.
      return Atomics.load(memory, word) + Atomics.add(memory, 1 - word, 1);
    case 'spin':
      // How many rounds it takes is nobody's business.
      while (Atomics.load(memory, word) === 0) {}
      return undefined;
    case 'read':
      return memory[word];
    default:
      memory[word] = me + 20;
      return undefined;
  }
}

/** Every outcome that a search meets, and how it ended. */
function outcomes(
  program: Program,
  options: ExploreOptions,
  tell = precedence,
  memoryless: readonly (typeof Counter)[] = [],
): { seen: string[]; kind: string | undefined; states: number; complete: boolean } {
  const seen = new Set<string>();
  const subject = scenario({
    name: 'program',
    memoryless,
    setup: () => ({ memory: words(2), area: new SharedArrayBuffer(8, { maxByteLength: 64 }) }),
    threads: program.map((steps, me) => ({ memory, area }, thread: ThreadContext) => {
      return steps.map((each) => thread.call(each[0], [], () => perform(memory, area, me, each)));
    }),
    recover: ({ memory }, { killed }) => void Atomics.add(memory, 1, 100 * (killed + 1)),
    check: ({ context, results, killed, history }) => {
      seen.add(JSON.stringify([[...context.memory], results, killed, tell(history)]));
    },
  });
  const { failure, states, complete } = explore(subject, {
    ...options,
    throwOnFailure: false,
    minimise: false,
  });
  return { seen: [...seen].sort(), kind: failure?.kind, states, complete };
}

type Seen = ReturnType<typeof outcomes>;

/**
 * The search that leaves out what is known must meet what the other one met; no more either, if that came to its end. One
 * that fails ends there, and what it met before depends on the order in which it searched.
 */
function expectSame(pruned: Seen, all: Seen): void {
  if (all.kind !== undefined) expect(pruned.kind).toBe(all.kind);
  else if (all.complete) {
    expect({ ...pruned, states: 0 }).toEqual({ ...all, states: 0 });
  } else {
    const met = new Set(pruned.seen);
    expect(all.seen.filter((outcome) => !met.has(outcome))).toEqual([]);
  }
}

/** The outcomes again, by an interpreter of its own that tries every order of whole steps. */
function enumerate(program: Program): string[] {
  const seen = new Set<string>();
  const go = (
    memory: readonly number[],
    at: readonly number[],
    results: readonly (readonly unknown[])[],
  ): void => {
    if (program.every((steps, me) => at[me] === steps.length)) {
      seen.add(JSON.stringify([memory, results, [], '']));
      return;
    }
    for (const [me, steps] of program.entries()) {
      const next = steps[at[me] as number];
      if (next === undefined) continue;
      const own = Int32Array.from(memory);
      const result = perform(own, new SharedArrayBuffer(8), me, next);
      go(
        [...own],
        at.map((position, thread) => position + (thread === me ? 1 : 0)),
        results.map((list, thread) => (thread === me ? [...list, result] : list)),
      );
    }
  };
  go(
    [0, 0],
    program.map(() => 0),
    program.map(() => []),
  );
  return [...seen].sort();
}

describe('the exhaustive search', () => {
  it('meets the outcomes that an independent enumeration has, and no others', () => {
    fc.assert(
      fc.property(programs(3, 'load', 'add', 'store', 'cas'), (program) => {
        expect(outcomes(program, {}, () => '').seen).toEqual(enumerate(program));
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it.each<ExploreOptions>([
    { kills: 1 },
    { timeouts: 1, spuriousWakes: 1 },
    { preemptions: 1 },
    { preemptions: 1, kills: 1 },
    { preemptions: 2 },
    { preemptions: 1, spuriousWakes: 1 },
    { preemptions: 2, spuriousWakes: 2 },
    { preemptions: 1, spuriousWakes: 1, kills: 1 },
    { preemptions: 0, spuriousWakes: 2 },
    { preemptions: 0, kills: 2 },
  ])('meets with pruning what it meets without: %j', (options) => {
    // A thread that would die in its wait, woken by nobody, dies before it: its operation may then not have begun.
    const tell = options.kills && options.spuriousWakes ? precedenceOfEnded : precedence;
    const all = programs(2, 'load', 'add', 'cas', 'wait', 'notify', 'spin', 'rest', 'twice');
    const waiting = programs(2, 'wait', 'notify', 'wait', 'notify', 'add', 'twice');
    fc.assert(
      fc.property(fc.oneof(all, waiting), (program) => {
        const unpruned = outcomes(program, { ...options, prune: false, schedules: 20_000 }, tell);
        expectSame(outcomes(program, options, tell), unpruned);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it.each<ExploreOptions>([{}, { preemptions: 0 }, { preemptions: 1 }, { preemptions: 2, kills: 1 }])(
    'knows what a thread does that was woken: %j',
    (bounds) => {
      const waits: Step = ['wait', 0];
      const other: Step = ['load', 1];
      const notifies: Step = ['notify', 0];
      const options = { ...bounds, spuriousWakes: 2 };
      const kept: Program[] = [
        [[waits], [other, notifies]],
        [[waits], [other, other, notifies]],
        [[waits], [waits], [other, notifies]],
        // The wait's return and the next wait's beginning are one step.
        [[notifies], [waits, other, waits], [['twice', 0]]],
        [[notifies], [waits, ['wait', 1]], [['twice', 0]]],
        [
          [waits, waits],
          [notifies, notifies],
        ],
      ];
      for (const program of kept) {
        const all = outcomes(program, { ...options, prune: false }, precedenceOfEnded);
        expectSame(outcomes(program, options, precedenceOfEnded), all);
      }
    },
  );

  it('meets with pruning what it meets without, where three threads take more steps', () => {
    fc.assert(
      fc.property(programs(3, 'load', 'add', 'cas', 'spin', 'rest', 'twice'), (program) => {
        const options = { prune: false, schedules: 20_000 };
        for (const bounds of [{}, { preemptions: 2 }]) {
          const all = outcomes(program, { ...options, ...bounds });
          expectSame(outcomes(program, bounds), all);
        }
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it.each<ExploreOptions>([{}, { preemptions: 1 }, { preemptions: 2, kills: 1 }])(
    'meets with pruning what it meets without, where memory may grow: %j',
    (options) => {
      fc.assert(
        fc.property(programs(2, 'size', 'size', 'grow', 'load', 'add'), (program) => {
          const all = outcomes(program, { ...options, prune: false, schedules: 20_000 });
          expectSame(outcomes(program, options), all);
        }),
        { numRuns: 60, seed: 11 },
      );
    },
  );

  it.each<ExploreOptions>([{}, { preemptions: 2 }, { kills: 1 }])(
    'meets what it meets otherwise where methods are forgotten that keep nothing: %j',
    (options) => {
      const saved = { forgotten: 0, known: 0 };
      fc.assert(
        fc.property(programs(2, 'raise', 'lower', 'raise', 'load', 'add'), (program) => {
          const all = outcomes(program, options);
          const forgetful = outcomes(program, options, precedence, [Counter]);
          expect({ ...forgetful, states: all.states }).toEqual(all);
          saved.forgotten += forgetful.states;
          saved.known += all.states;
        }),
        { numRuns: 30, seed: 10 },
      );
      // With few preemptions there is little to forget: each disturbance costs one.
      if (options.preemptions === undefined) expect(saved.forgotten).toBeLessThan(saved.known);
      else expect(saved.forgotten).toBeLessThanOrEqual(saved.known);
    },
  );

  it.each<ExploreOptions>([
    {},
    { preemptions: 1 },
    { preemptions: 2 },
    { preemptions: 2, spuriousWakes: 1 },
    { preemptions: 1, kills: 1 },
  ])('finds a race with pruning exactly where there is one without: %j', (options) => {
    const kinds = { race: 0, none: 0 };
    fc.assert(
      fc.property(programs(options.kills ? 2 : 3, 'load', 'store', 'add', 'read', 'write'), (program) => {
        // Word 0 for synchronisation, word 1 for data.
        const tidy = program.map((steps) =>
          steps.map(([verb]): Step => [verb, verb === 'read' || verb === 'write' ? 1 : 0]),
        );
        const all = outcomes(tidy, { ...options, prune: false });
        kinds[all.kind === 'race' ? 'race' : 'none']++;
        expect(outcomes(tidy, options).kind).toBe(all.kind);
      }),
      { numRuns: 150, seed: 8 },
    );
    expect(kinds.race).toBeGreaterThan(20);
    expect(kinds.none).toBeGreaterThan(20);
  });

  it('finds a race with pruning exactly where there is one without, between accesses that leave no trace', () => {
    type Look = readonly [verb: 'if' | 'store' | 'add' | 'read' | 'write', word: number, value: number];
    const looks = fc.array(
      fc.tuple(
        fc.constantFrom('if', 'if', 'store', 'add', 'read', 'write'),
        fc.nat({ max: 1 }),
        fc.nat({ max: 1 }),
      ),
      { minLength: 1, maxLength: 4 },
    ) as fc.Arbitrary<Look[]>;
    const kinds = { race: 0, none: 0 };
    fc.assert(
      fc.property(
        fc.array(looks, { minLength: 2, maxLength: 3 }),
        fc.constantFrom<ExploreOptions>(
          {},
          { preemptions: 0 },
          { preemptions: 1 },
          { preemptions: 1, kills: 1 },
        ),
        (program, options) => {
          const subject = scenario({
            name: 'no traces',
            setup: () => ({ words: words(2), data: words(2) }),
            // What a body does after an `if` that does not hold is to end, and it returns nothing.
            threads: program.map((steps) => ({ words, data }: { words: Int32Array; data: Int32Array }) => {
              for (const [verb, word, value] of steps) {
                if (verb === 'if' && Atomics.load(words, word) !== value) return;
                if (verb === 'store') Atomics.store(words, word, 1);
                if (verb === 'add') Atomics.add(words, word, 1);
                if (verb === 'read') void data[word];
                if (verb === 'write') data[word] = 1;
              }
            }),
            recover: ({ data }) => {
              data[1] = 2;
            },
          });
          const search = (more: ExploreOptions) =>
            explore(subject, { ...options, ...more, throwOnFailure: false, minimise: false }).failure?.kind;
          const kind = search({ prune: false });
          kinds[kind === 'race' ? 'race' : 'none']++;
          expect(search({})).toBe(kind);
        },
      ),
      { numRuns: 400, seed: 12 },
    );
    expect(kinds.race).toBeGreaterThan(50);
    expect(kinds.none).toBeGreaterThan(50);
  });

  it('tells a thread that has seen nothing from one that there was nothing to see for', () => {
    const subject = scenario({
      name: 'read before',
      setup: () => ({ flag: words(1), data: words(1) }),
      threads: [
        ({ flag }) => void Atomics.add(flag, 0, 1),
        ({ flag, data }) => {
          if (Atomics.load(flag, 0) === 0) void data[0];
        },
        ({ flag, data }) => {
          if (Atomics.load(flag, 0) === 1) data[0] = 0;
        },
      ],
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('tells words apart by whose store they have the value from', () => {
    const subject = scenario({
      name: 'the same value of another',
      setup: () => ({ flags: words(2), data: words(1) }),
      threads: [
        ({ flags, data }) => {
          Atomics.wait(flags, 0, 0, 5);
          if (Atomics.load(flags, 1) === 1) data[0] = 1;
        },
        ({ flags }) => {
          Atomics.store(flags, 1, 1);
          Atomics.load(flags, 0);
        },
        ({ flags, data }) => {
          void data[0];
          Atomics.store(flags, 1, 1);
        },
      ],
    });
    expect(explore(subject, { preemptions: 0, throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('finds a race with the upper half of a wide atomic access', () => {
    const subject = scenario({
      name: 'halves',
      setup: () => {
        const narrow = words(2);
        return { narrow, wide: new BigInt64Array(narrow.buffer) };
      },
      threads: [({ wide }) => void Atomics.store(wide, 0, 1n << 32n), ({ narrow }) => narrow[1]],
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('lets everybody come to an end beside one that waits where nobody notifies', () => {
    const subject = scenario({
      name: 'sleeper',
      setup: () => ({ counter: words(1) }),
      threads: [
        () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5),
        ({ counter }) => {
          Atomics.add(counter, 0, 1);
          return String(Atomics.add(counter, 0, 1));
        },
      ],
      check: ({ results }) => results[1] === '1',
    });
    for (const preemptions of [0, 1]) {
      expect(explore(subject, { preemptions, spuriousWakes: 1 }).complete).toBe(true);
    }
  });

  it.each<ExploreOptions>([{}, { preemptions: 1, spuriousWakes: 1 }])(
    'meets with one victim after the other what it meets with all: %j',
    (options) => {
      fc.assert(
        fc.property(programs(2, 'load', 'add', 'wait', 'notify', 'twice'), (program) => {
          const search = (victims?: number[]) =>
            outcomes(program, { ...options, kills: 1, ...(victims && { victims }) }, precedenceOfEnded);
          const each = program.map((_, thread) => search([thread]));
          expect([...new Set(each.flatMap(({ seen }) => seen))].sort()).toEqual(search().seen);
        }),
        { numRuns: 40, seed: 13 },
      );
    },
  );

  it.each<ExploreOptions>([{}, { preemptions: 1, spuriousWakes: 1 }])(
    'meets with a death in one operation after the other, and with none, what it meets with all: %j',
    (options) => {
      fc.assert(
        fc.property(programs(2, 'load', 'add', 'wait', 'notify', 'twice'), (program) => {
          const search = (more: ExploreOptions) =>
            outcomes(program, { ...options, ...more }, precedenceOfEnded).seen;
          const parts = [
            search({}),
            ...[[0], [1, 2]].map((killsDuring) => search({ kills: 1, killsDuring })),
          ];
          expect([...new Set(parts.flat())].sort()).toEqual(search({ kills: 1 }));
        }),
        { numRuns: 40, seed: 17 },
      );
    },
  );

  it('kills only during the operations that it may, and leaves out those executions in which nobody dies', () => {
    const deaths = new Set<string>();
    const subject = scenario({
      name: 'three calls',
      setup: () => ({ counter: words(1) }),
      threads: [
        ({ counter }: { counter: Int32Array }, thread: ThreadContext) => {
          for (let n = 0; n < 3; n += 1) thread.call('add', [], () => Atomics.add(counter, 0, 1));
          Atomics.add(counter, 0, 10);
        },
        ({ counter }: { counter: Int32Array }) => void Atomics.add(counter, 0, 100),
      ],
      recover: ({ counter }) => void Atomics.add(counter, 0, 1000),
      check: ({ killed, history }) => void deaths.add(`${killed} after ${history.length}`),
    });
    const during = (killsDuring: number[], options: ExploreOptions = {}) => {
      deaths.clear();
      explore(subject, { kills: 1, victims: [0], killsDuring, ...options });
      return [...deaths].sort();
    };
    // Before its access, and between that and its return, when it is part of the history.
    expect(during([1])).toEqual(['0 after 1', '0 after 2']);
    expect(during([0, 2])).toEqual(['0 after 0', '0 after 1', '0 after 2', '0 after 3']);
    expect(during([3])).toEqual(['0 after 3']);
    expect(() => during([4])).toThrow(/^nobody can die: .*killsDuring, \[4\]/);
    expect(during([0], { strategy: 'random', schedules: 200 })).toEqual([
      ' after 3',
      '0 after 0',
      '0 after 1',
    ]);
    // Of who recovers, any step may be the last.
    expect(during([2], { kills: 2 })).toEqual(['0 after 2', '0 after 3', '0,2 after 2', '0,2 after 3']);
    expect(() => during([31])).toThrow(
      /killsDuring is an array of numbers of operations, 0 to 30, not \[31\] \(array\)/,
    );
  });

  it('kills only those that may be killed, and who recovers for them', () => {
    const deaths = new Set<string>();
    const subject = scenario({
      name: 'one mortal',
      setup: () => ({ counter: words(1) }),
      threads: [0, 1].map(
        () =>
          ({ counter }: { counter: Int32Array }) =>
            void Atomics.add(counter, 0, 1),
      ),
      recover: ({ counter }) => void Atomics.add(counter, 0, 10),
      check: ({ killed }) => void deaths.add(killed.join()),
    });
    explore(subject, { kills: 2, victims: [1] });
    expect([...deaths].sort()).toEqual(['', '1', '1,2']);
    expect(() => explore(subject, { kills: 1, victims: [2] })).toThrow(
      /victims has thread 2, but .* has 2 threads/,
    );
    expect(() => explore(subject, { victims: [0.5] })).toThrow(TypeError);
    expect(() => explore(subject, { victims: 1 as never })).toThrow(
      /victims is an array .* not 1 \(number\)/,
    );
    // Without a word, each of these would be a search that explores nothing.
    expect(() => explore(subject, { victims: [1] })).toThrow(/^victims .* kills is 0.*: give kills as well/);
    expect(() => explore(subject, { killsDuring: [0], kills: 0 })).toThrow(/^killsDuring .* kills is 0/);
    expect(() => explore(subject, { kills: 1, victims: [] })).toThrow(
      /victims is an array .* not \[\] \(array\)/,
    );
    expect(() => explore(subject, { kills: 1, victims: [1], killsDuring: [3] })).toThrow(
      'nobody can die: no operation of thread 1 has a number that is in killsDuring, [3]',
    );
  });

  it('lets every order of deaths be judged', () => {
    const orders = new Set<string>();
    const subject = scenario({
      name: 'two deaths',
      setup: () => ({ counter: words(1) }),
      threads: [
        ({ counter }) => void Atomics.add(counter, 0, 1),
        ({ counter }) => void Atomics.add(counter, 0, 1),
      ],
      check: ({ killed }) => void orders.add(killed.join()),
    });
    explore(subject, { kills: 2 });
    expect([...orders].sort()).toEqual(['', '0', '0,1', '1', '1,0']);
  });
});
