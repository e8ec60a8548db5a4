import fc from 'fast-check';
import type { ExploreOptions } from '../src/index.ts';
import type { Step } from './steps.ts';

/** What is explored twice, with pruning and without. */
export interface Program {
  readonly threads: readonly {
    readonly steps: readonly Step[];
    /** Whether it returns nothing of what it saw: then only what it did tells its states apart. */
    readonly isQuiet: boolean;
  }[];
  readonly recover: readonly Step[] | undefined;
  /** Whether the search is told of methods that keep nothing, and of what operations keep. */
  readonly memoryless: boolean;
  readonly options: ExploreOptions;
}

type Steps = fc.Arbitrary<Step>;

const word = fc.nat({ max: 1 });
const bit = fc.nat({ max: 1 });
const byte = fc.nat({ max: 7 });
const value = fc.nat({ max: 2 });
const timeout = fc.constantFrom(5, 5, 10, 0, Number.POSITIVE_INFINITY);
/** A step of one of `verbs`, which all take the same. */
const of = (verbs: readonly Step[0][], ...rest: fc.Arbitrary<unknown>[]): Steps =>
  fc.tuple(fc.constantFrom(...verbs), ...rest) as never;

const synchronising = fc.oneof(
  of(['load', 'spin'], word),
  of(['store', 'add', 'or', 'exchange'], word, value),
  fc.tuple(fc.constant('compare exchange' as const), word, bit, fc.integer({ min: 1, max: 2 })),
);
const plain = fc.oneof(of(['read'], word), of(['write'], word, bit));
const plainOfAnyWidth = fc.oneof(
  plain,
  of(['byte read'], byte),
  of(['byte write'], byte, bit),
  of(['wide read']),
  of(['wide write'], bit),
  of(['data load'], word),
  of(['data store'], word, bit),
);
const atomicOfAnyWidth = fc.oneof(
  of(['byte load', 'byte add'], byte),
  of(['wide load', 'wide add', 'wide wait', 'wide notify']),
  of(['wide store'], bit),
);
const waiting = fc.oneof(
  fc.tuple(fc.constant('wait' as const), word, fc.constantFrom(0, 0, 0, 1), timeout),
  fc.tuple(fc.constant('wait while zero' as const), word, fc.integer({ min: 1, max: 4 }), timeout),
  of(['notify'], word, fc.constantFrom(1, 1, Number.POSITIVE_INFINITY)),
);
const growing = fc.oneof(
  of(['size', 'size', 'view']),
  fc.tuple(fc.constant('grow' as const), fc.constantFrom(0, 8, 16, 32)),
);
const timing = fc.oneof(of(['now']), fc.tuple(fc.constant('sleep' as const), fc.constantFrom(3, 5)));
const forgetting = fc.oneof(
  of(['raise', 'lower', 'locked add'], word),
  of(['read if', 'write if'], word, bit),
);

/** `inner`, and now and then some of them inside a condition, a lock or an operation. */
function nested(inner: Steps, locked: Steps = inner): Steps {
  const some = fc.array(inner, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    { arbitrary: inner, weight: 5 },
    { arbitrary: fc.tuple(fc.constant('if' as const), word, bit, some), weight: 2 },
    { arbitrary: fc.tuple(fc.constant('operation' as const), some), weight: 1 },
    {
      arbitrary: fc.tuple(fc.constant('lock' as const), fc.array(locked, { minLength: 1, maxLength: 2 })),
      weight: 1,
    },
  );
}

/** Steps that have to do with each other: drawn from all, they would rarely meet. */
const THEMES: Readonly<Record<string, Steps>> = {
  synchronisation: nested(synchronising),
  races: nested(fc.oneof(synchronising, synchronising, plain), plain),
  'accesses without a trace': fc.oneof(
    of(['store', 'store', 'add', 'or'], word, fc.constant(1)),
    of(['load'], word),
    fc.tuple(fc.constant('if' as const), word, bit, fc.array(plain, { minLength: 1, maxLength: 1 })),
    of(['read if', 'write if'], word, bit),
  ),
  widths: nested(fc.oneof(synchronising, plainOfAnyWidth, atomicOfAnyWidth), plainOfAnyWidth),
  waits: nested(fc.oneof(synchronising, waiting, waiting, plain)),
  growth: nested(
    fc.oneof(
      synchronising,
      growing,
      growing,
      plain,
      fc.tuple(
        fc.constant('if size' as const),
        fc.constant(0),
        fc.constantFrom(8, 16),
        fc.array(fc.oneof(synchronising, plain, growing), { minLength: 1, maxLength: 2 }),
      ),
    ),
  ),
  time: nested(fc.oneof(synchronising, waiting, timing)),
  'methods that keep nothing': nested(fc.oneof(synchronising, forgetting, forgetting, plain)),
  'operations that keep something': nested(fc.oneof(synchronising, of(['visit', 'visit'], word), plain)),
  everything: nested(
    fc.oneof(
      synchronising,
      plain,
      plainOfAnyWidth,
      atomicOfAnyWidth,
      waiting,
      growing,
      timing,
      forgetting,
      of(['visit'], word),
    ),
  ),
};

const options: fc.Arbitrary<ExploreOptions> = fc
  .record({
    preemptions: fc.constantFrom(undefined, undefined, 0, 1, 2),
    kills: fc.constantFrom(0, 0, 0, 1, 1, 2),
    spuriousWakes: fc.constantFrom(0, 0, 1, 2),
    timeouts: fc.constantFrom(0, 0, 1),
    races: fc.constantFrom(true, true, true, true, true, false),
  })
  .map(({ preemptions, ...rest }) => (preemptions === undefined ? rest : { ...rest, preemptions }));

/** Programs of two or three threads, each of one theme. */
export const programs: fc.Arbitrary<Program> = fc.constantFrom(...Object.values(THEMES)).chain((step) => {
  const thread = (most: number) =>
    fc.record({ steps: fc.array(step, { minLength: 1, maxLength: most }), isQuiet: fc.boolean() });
  return fc.record({
    threads: fc.oneof(fc.tuple(thread(4), thread(4)), fc.tuple(thread(3), thread(3), thread(3))),
    recover: fc.option(fc.array(step, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    memoryless: fc.boolean(),
    options,
  });
});
