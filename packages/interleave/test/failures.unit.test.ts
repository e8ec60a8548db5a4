import { describe, expect, it } from 'vitest';
import {
  type ExploreOptions,
  explore,
  InterleavingFailure,
  replay,
  type Scenario,
  scenario,
} from '../src/index.ts';
import { words } from './words.ts';

/** The failure of a scenario that must have one, after making sure that its schedule replays to the same kind. */
function failureOf<C>(subject: Scenario<C>, options: ExploreOptions = {}): InterleavingFailure {
  let failure: unknown;
  try {
    explore(subject, options);
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(InterleavingFailure);
  const found = failure as InterleavingFailure;
  expect(() => replay(subject, found.schedule, options)).toThrow(
    expect.objectContaining({ kind: found.kind }),
  );
  return found;
}

const lostUpdate = scenario({
  name: 'lost update',
  setup: () => ({ count: words(1) }),
  threads: [0, 1].map(() => ({ count }: { count: Int32Array }) => {
    const before = Atomics.load(count, 0);
    Atomics.store(count, 0, before + 1);
  }),
  check: ({ context }) => expect(context.count[0]).toBe(2),
});

describe('a failed check', () => {
  it('comes with the minimal schedule, the table and the line that replays it', () => {
    const failure = failureOf(lostUpdate);
    expect(failure.code).toBe('INTERLEAVE_FAILURE');
    expect(failure.kind).toBe('check');
    expect(failure.schedule).toBe('0.1x2.0');
    expect(failure.table).toContain('│ thread 0');
    expect(failure.table).toMatch(/4 │ store count\[0\] 1 │ +│ failures\.unit\.test\.ts:\d+/);
    expect(failure.message).toContain("replay(scenario, '0.1x2.0')");
    expect(failure.cause).toBeInstanceOf(Error);
  });

  it.each(['pct', 'random'] as const)('is found by %s, and minimised as well', (strategy) => {
    expect(failureOf(lostUpdate, { strategy }).schedule).toBe('0.1x2.0');
  });

  it('is returned where throwing is switched off', () => {
    const report = explore(lostUpdate, { throwOnFailure: false });
    expect(report.failure).toMatchObject({ kind: 'check', schedule: '0.1x2.0' });
  });
});

describe('deadlock', () => {
  it('tells who waits where', () => {
    const failure = failureOf(
      scenario({
        name: 'a notify before the wait',
        setup: () => ({ gate: words(1) }),
        threads: [({ gate }) => Atomics.wait(gate, 0, 0), ({ gate }) => Atomics.notify(gate, 0)],
      }),
    );
    expect(failure.kind).toBe('deadlock');
    expect(failure.message).toMatch(/thread 0 waits on gate\[0\] \(failures\.unit\.test\.ts:\d+\)/);
    expect(failure.schedule).toBe('1.0');
  });

  it('is not what a finite timeout leads to', () => {
    const report = explore(
      scenario({
        name: 'wait with a timeout',
        setup: () => ({ gate: words(1) }),
        threads: [({ gate }) => Atomics.wait(gate, 0, 0, 50)],
        check: ({ results }) => results[0] === 'timed-out',
      }),
    );
    expect(report.schedules).toBe(1);
  });
});

describe('livelock', () => {
  it('is two threads that wait for each other by spinning', () => {
    const failure = failureOf(
      scenario({
        name: 'two spinners',
        setup: () => ({ flags: words(2) }),
        threads: [0, 1].map((thread) => ({ flags }: { flags: Int32Array }) => {
          while (Atomics.load(flags, 1 - thread) === 0);
          Atomics.store(flags, thread, 1);
        }),
      }),
      { maxSteps: 200 },
    );
    expect(failure.kind).toBe('livelock');
  });

  it.each([true, false])(
    'has a schedule of what led there, without the endless rest: minimise %s',
    (minimise) => {
      /** Either says that it wants to enter, and waits for the other one to give way. */
      const subject = scenario({
        name: 'nobody gives way',
        setup: () => ({ wants: words(2) }),
        threads: [0, 1].map((thread) => ({ wants }: { wants: Int32Array }) => {
          Atomics.store(wants, thread, 1);
          while (Atomics.load(wants, 1 - thread) === 1) Atomics.store(wants, thread, 1);
          Atomics.store(wants, thread, 0);
        }),
      });
      const failure = failureOf(subject, { minimise });
      expect(failure).toMatchObject({ kind: 'livelock', schedule: '0.1' });
      expect(() => replay(subject, failure.schedule)).toThrow(
        expect.objectContaining({ kind: 'livelock', schedule: '0.1', table: failure.table }),
      );
    },
  );

  it('is told with the options by which it is one, which its replay needs, too', () => {
    const subject = scenario({
      name: 'more steps than allowed',
      setup: () => ({ count: words(1) }),
      threads: [
        ({ count }) => {
          for (let i = 0; i < 60; i++) Atomics.add(count, 0, 1);
        },
      ],
    });
    const failure = failureOf(subject, { maxSteps: 50, spinLimit: 3 });
    expect(failure.replayOptions).toEqual({ maxSteps: 50, spinLimit: 3 });
    expect(failure.message).toContain(
      `replay(scenario, '${failure.schedule}', { maxSteps: 50, spinLimit: 3 })`,
    );
    expect(() => replay(subject, failure.schedule, failure.replayOptions)).toThrow(
      expect.objectContaining({ message: failure.message }),
    );
    expect(failureOf(lostUpdate).replayOptions).toEqual({});
  });

  it('is a loop on plain reads, which makes no steps', () => {
    const failure = failureOf(
      scenario({
        name: 'plain loop',
        setup: () => ({ data: words(1) }),
        threads: [
          ({ data }) => {
            while (data[0] === 0);
          },
        ],
      }),
      { maxSteps: 50 },
    );
    expect(failure.kind).toBe('livelock');
  });

  it('is not a thread that spins until another has done its part', () => {
    const report = explore(
      scenario({
        name: 'spin until set',
        setup: () => ({ flags: words(2) }),
        threads: [
          ({ flags }) => {
            while (Atomics.load(flags, 0) === 0);
          },
          ({ flags }) => {
            for (let i = 0; i < 5; i++) Atomics.add(flags, 1, 1);
            Atomics.store(flags, 0, 1);
          },
        ],
      }),
      { maxSteps: 200 },
    );
    expect(report.complete).toBe(true);
  });
});

/** One word, as whole and in parts. */
interface Overlapping {
  whole: Int32Array;
  halves: Int16Array;
  bytes: Uint8Array;
}

/** Views of the same place. */
type Size = 'wide' | 'whole' | 'halves' | 'bytes';

/** A word, its bytes, and data that either publishes. */
const wordAndItsBytes = () => {
  const whole = words(1);
  return { whole, bytes: new Int8Array(whole.buffer), data: words(1) };
};

describe('a race', () => {
  it('names both accesses', () => {
    const failure = failureOf(
      scenario({
        name: 'plain flag',
        setup: () => ({ data: words(2) }),
        threads: [
          ({ data }) => {
            data[0] = 1;
          },
          ({ data }) => data[0],
        ],
      }),
    );
    expect(failure.kind).toBe('race');
    expect(failure.message).toMatch(
      /write data\[0\] by thread 0 \(failures\.unit\.test\.ts:\d+\) and read data\[0\] by thread 1 \(failures/,
    );
  });

  it('is one between a plain and an atomic access, in whichever order they are met', () => {
    for (const plain of [0, 1]) {
      const failure = failureOf(
        scenario({
          name: 'mixed',
          setup: () => ({ data: words(1) }),
          threads: [0, 1].map((thread) => ({ data }: { data: Int32Array }) => {
            if (thread === plain) data[0] = 1;
            else Atomics.load(data, 0);
          }),
        }),
      );
      expect(failure.kind).toBe('race');
    }
  });

  it('is not a write published by a store and read after the load of it', () => {
    const report = explore(
      scenario({
        name: 'publication',
        setup: () => ({ data: words(1), ready: words(1) }),
        threads: [
          ({ data, ready }) => {
            data[0] = 42;
            Atomics.store(ready, 0, 1);
          },
          ({ data, ready }) => (Atomics.load(ready, 0) === 1 ? data[0] : 42),
        ],
        check: ({ results }) => results[1] === 42,
      }),
    );
    expect(report.complete).toBe(true);
  });

  it('is a plain write of the word that another thread compares before it waits', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const bodies = [
        ({ flag }: { flag: Int32Array }) => {
          flag[0] = 1;
          Atomics.notify(flag, 0);
        },
        ({ flag }: { flag: Int32Array }) => void Atomics.wait(flag, 0, 0),
      ];
      const subject = scenario({
        name: 'plain flag',
        setup: () => ({ flag: words(1) }),
        threads: order.map((index) => bodies[index]!),
      });
      const failure = failureOf(subject);
      expect(failure.kind).toBe('race');
      expect(failure.message).toMatch(/wait flag\[0\] by thread \d/);
    }
  });

  it('is a plain read of what a compareExchange writes, however it says what it expects', () => {
    for (const [array, expected] of [
      ['Uint32Array', -1],
      ['Uint8Array', 511],
      ['Int16Array', 65535],
      ['BigInt64Array', 2n ** 64n - 1n],
    ] as const) {
      const subject = scenario({
        name: `${array} ${expected}`,
        setup: () => {
          // By the global's name: what is replaced while a scenario runs is the global.
          const cell = new globalThis[array as 'Uint32Array'](new SharedArrayBuffer(8));
          Atomics.sub(cell, 0, (typeof expected === 'bigint' ? 1n : 1) as number);
          return { cell };
        },
        threads: [
          ({ cell }) =>
            void Atomics.compareExchange(
              cell,
              0,
              expected as number,
              (typeof expected === 'bigint' ? 5n : 5) as number,
            ),
          ({ cell }) => cell[0],
        ],
      });
      expect(failureOf(subject).kind).toBe('race');
    }
  });

  it('is a write after the publication', () => {
    const failure = failureOf(
      scenario({
        name: 'published too early',
        setup: () => ({ data: words(1), ready: words(1) }),
        threads: [
          ({ data, ready }) => {
            Atomics.store(ready, 0, 1);
            data[0] = 42;
          },
          ({ data, ready }) => (Atomics.load(ready, 0) === 1 ? data[0] : 0),
        ],
      }),
    );
    expect(failure.kind).toBe('race');
  });

  it('is a write published by a store of other bytes than were loaded', () => {
    const subject = scenario({
      name: 'another size',
      setup: wordAndItsBytes,
      threads: [
        ({ bytes, data }) => {
          data[0] = 1;
          Atomics.store(bytes, 0, 1);
        },
        ({ whole, data }) => (Atomics.load(whole, 0) === 1 ? data[0] : 1),
      ],
    });
    expect(failureOf(subject).kind).toBe('race');
  });

  it.each([
    ['8 bytes and a load of 4', 'wide', 'whole'],
    ['4 bytes and a load of 8', 'whole', 'wide'],
    ['2 bytes and a load of 1', 'halves', 'bytes'],
    ['1 byte and a load of 2', 'bytes', 'halves'],
  ] as const)('is a write published by a store of %s from the same place', (_, stored, loaded) => {
    const publication = (from: Size, to: Size) =>
      scenario({
        name: `${from} to ${to}`,
        setup: () => {
          const wide = new BigInt64Array(new SharedArrayBuffer(8));
          const { buffer } = wide;
          const narrow = { whole: new Int32Array(buffer), halves: new Int16Array(buffer) };
          return { wide, ...narrow, bytes: new Int8Array(buffer), data: words(1) };
        },
        threads: [
          (context) => {
            context.data[0] = 1;
            Atomics.store(context[from] as Int32Array, 0, (from === 'wide' ? 1n : 1) as number);
          },
          (context) => (Number(Atomics.load(context[to] as Int32Array, 0)) === 1 ? context.data[0] : 1),
        ],
      });
    expect(failureOf(publication(stored, loaded)).kind).toBe('race');
    expect(explore(publication(stored, stored)).complete).toBe(true);
  });

  it('is a write published by a store that another thread has overwritten as part of a word', () => {
    const subject = scenario({
      name: 'overwritten',
      setup: wordAndItsBytes,
      threads: [
        ({ bytes, data }) => {
          data[0] = 1;
          Atomics.store(bytes, 0, 1);
        },
        ({ whole, bytes }) => Atomics.load(bytes, 0) === 1 && Atomics.store(whole, 0, 0x201),
        ({ bytes, data }) => (Atomics.load(bytes, 1) === 2 && Atomics.load(bytes, 0) === 1 ? data[0] : 1),
      ],
    });
    expect(failureOf(subject).kind).toBe('race');
  });

  it('is not two threads that use neighbouring bytes of one word', () => {
    const bytes = scenario({
      name: 'bytes',
      setup: () => ({ bytes: new Uint8Array(new SharedArrayBuffer(4)) }),
      threads: [0, 1].map((thread) => ({ bytes }) => {
        bytes[thread] = thread + 1;
      }),
      check: ({ context }) => context.bytes[0] === 1 && context.bytes[1] === 2,
    });
    expect(explore(bytes).complete).toBe(true);
  });

  it.each([
    ['a plain write of a byte', ({ bytes }: Overlapping) => bytes.fill(1, 2, 3)],
    ['a plain write of the upper half', ({ halves }: Overlapping) => halves.fill(1, 1)],
    ['an atomic write of the upper half', ({ halves }: Overlapping) => Atomics.store(halves, 1, 1)],
    ['a copy that ends in the middle', ({ bytes }: Overlapping) => bytes.set([1, 2, 3])],
  ] as const)('is a plain access to a word and %s', (_name, other) => {
    const whole = ({ whole }: Overlapping) => whole.fill(7, 0, 1);
    for (const threads of [
      [whole, other],
      [other, whole],
    ]) {
      const subject = scenario({
        name: 'overlapping',
        setup: () => {
          const buffer = new SharedArrayBuffer(8);
          return {
            whole: new Int32Array(buffer),
            halves: new Int16Array(buffer),
            bytes: new Uint8Array(buffer),
          };
        },
        threads,
      });
      expect(failureOf(subject).kind).toBe('race');
    }
  });

  it('is not looked for when switched off', () => {
    const subject = scenario({
      name: 'unordered',
      setup: () => ({ data: words(1) }),
      threads: [0, 1].map(() => ({ data }: { data: Int32Array }) => {
        data[0] = 1;
      }),
    });
    expect(explore(subject, { races: false }).complete).toBe(true);
    expect(failureOf(subject).kind).toBe('race');
  });
});

describe('nondeterminism', () => {
  it('is a random number', () => {
    const failure = failureOf(
      scenario({ name: 'random', setup: () => null, threads: [() => Math.random()] }),
    );
    expect(failure.kind).toBe('nondeterminism');
    expect(failure.message).toContain('Math.random');
  });

  it('is state outside shared memory that shows when a body is run again', () => {
    let calls = 0;
    let failure: unknown;
    try {
      explore(
        scenario({
          name: 'module state',
          setup: () => ({ data: words(8) }),
          threads: [
            ({ data }) => {
              calls++;
              Atomics.add(data, calls % 8, 1);
              Atomics.add(data, 0, 1);
            },
            ({ data }) => void Atomics.add(data, 0, 1),
          ],
        }),
      );
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ kind: 'nondeterminism' });
    expect((failure as Error).message).toContain('run again');
  });

  it('puts the genuine globals back afterwards', () => {
    const { Atomics: atomics, Int32Array: int32, SharedArrayBuffer: shared, Date: date } = globalThis;
    const { random } = Math;
    expect(() => explore(lostUpdate)).toThrow(InterleavingFailure);
    expect(globalThis.Atomics).toBe(atomics);
    expect(globalThis.Int32Array).toBe(int32);
    expect(globalThis.SharedArrayBuffer).toBe(shared);
    expect(globalThis.Date).toBe(date);
    expect(Math.random).toBe(random);
    expect(typeof performance.now()).toBe('number');
  });
});

describe('other failures', () => {
  it('an error out of a body is one', () => {
    const failure = failureOf(
      scenario({
        name: 'throws',
        setup: () => ({ data: words(1) }),
        threads: [
          ({ data }) => {
            if (Atomics.load(data, 0) === 1) throw new RangeError('seen');
          },
          ({ data }) => void Atomics.store(data, 0, 1),
        ],
      }),
    );
    expect(failure.kind).toBe('uncaught');
    expect(failure.message).toContain('thread 0 threw RangeError: seen');
    expect(failure.cause).toBeInstanceOf(RangeError);
    expect(failure.schedule).toBe('1.0');
  });

  it('Atomics.waitAsync and promises are not supported, and say so', () => {
    const data = () => ({ data: words(1) });
    const asynchronous = scenario({ name: 'async', setup: data, threads: [async () => 1] });
    expect(failureOf(asynchronous).kind).toBe('unsupported');
    const waitAsync = scenario({
      name: 'waitAsync',
      setup: data,
      threads: [
        ({ data }) =>
          (Atomics as unknown as { waitAsync(a: Int32Array, i: number, v: number): unknown }).waitAsync(
            data,
            0,
            0,
          ),
      ],
    });
    expect(failureOf(waitAsync).message).toContain('waitAsync');
  });

  it('a scenario within a scenario is refused', () => {
    const inner = scenario({ name: 'inner', setup: () => null, threads: [() => 1] });
    const outer = scenario({ name: 'outer', setup: () => null, threads: [() => explore(inner)] });
    expect(failureOf(outer).message).toContain('cannot be called from a scenario');
  });

  it.each([
    [{ preemptions: -1 }, /preemptions is a whole number from 0 to 63, or Infinity, not -1/],
    [{ preemptions: 64 }, /preemptions is a whole number from 0 to 63, or Infinity, not 64/],
    [{ kills: 1.5 }, /kills is a whole number/],
    [{ schedules: 0 }, /schedules/],
    [{ milliseconds: Number.NaN }, /milliseconds/],
    [{ strategy: 'dfs' as 'pct' }, /strategy is/],
    [{ prune: 'no' as never }, /prune is true or false, not no \(string\)/],
    [{ races: 0 as never }, /races is true or false, not 0 \(number\)/],
    [{ onProgress: 3 as never }, /onProgress is a function, not 3 \(number\)/],
    [{ preemption: 1 } as never, /no option 'preemption'; there are strategy, preemptions, /],
    [null as never, /options are an object .* not null/],
    [5 as never, /options are an object .* not 5/],
  ])('the options %j are refused', (options, message) => {
    expect(() => explore(lostUpdate, options)).toThrow(message);
  });

  it.each([
    [undefined, /A scenario is \{ name, setup, threads, … \}, not undefined/],
    [{ name: 'bare' }, /Scenario 'bare': setup is a function, not undefined/],
    [
      { name: 'crowd', setup: () => null, threads: Array(5).fill(() => 1) },
      /it has 5 threads; give it 1 to 4/,
    ],
  ])('the scenario %j is refused, though scenario() has not seen it', (subject, message) => {
    expect(() => explore(subject as never)).toThrow(message);
    expect(() => replay(subject as never, '0')).toThrow(message);
  });

  it('a check that returns a promise is refused, whatever it comes to', () => {
    for (const outcome of [Promise.resolve(true), Promise.reject(new Error('late'))]) {
      const late = scenario({ name: 'late', setup: () => null, threads: [() => 1], check: () => outcome });
      expect(failureOf(late).message).toContain('check returned a promise');
    }
  });

  it.each([
    ['a body', { threads: [function* (): Generator<number> {}] }, /thread 0 returned an iterator/],
    ['an asynchronous body', { threads: [async function* () {}] }, /thread 0 returned an iterator/],
    ['a check', { check: function* () {} }, /check returned an iterator/],
  ])('%s that is a generator function, and so has not run, is refused', (_, parts, message) => {
    const lazy = scenario<null>({ name: 'lazy', setup: () => null, threads: [() => 1], ...parts });
    expect(failureOf(lazy).message).toMatch(message);
  });

  it('so is a recovery', () => {
    const lazy = scenario({
      name: 'lazy',
      setup: () => ({ data: words(1) }),
      threads: [({ data }) => Atomics.add(data, 0, 1)],
      recover: function* () {} as never,
    });
    expect(failureOf(lazy, { kills: 1 }).message).toMatch(/thread 1 returned an iterator/);
  });

  it('an async body is refused also where it was suspended before, and leaves no rejection behind', async () => {
    const late = scenario({
      name: 'late',
      setup: () => ({ data: words(1) }),
      threads: [0, 1].map(() => async ({ data }: { data: Int32Array }) => {
        Atomics.add(data, 0, 1);
        Atomics.add(data, 0, 1);
      }),
    });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      expect(() => replay(late, '0.1.0')).toThrow(/returned a promise/);
      // Node tells of a rejection that nobody took by the end of the turn.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });

  it.each([
    ['a promise', async () => ({ data: words(1) })],
    ['a promise', async () => Promise.reject(new Error('late'))],
    ['an iterator', function* () {}],
  ])('a setup that returns %s is refused', (what, setup) => {
    const late = scenario<unknown>({ name: 'late', setup, threads: [() => 1] });
    const refusal = expect.objectContaining({
      name: 'TypeError',
      message: expect.stringContaining(`'late': setup returned ${what}, not the context`),
    });
    expect(() => explore(late)).toThrow(refusal);
    expect(() => replay(late, '')).toThrow(refusal);
  });

  it('a scenario with wrong parts is refused', () => {
    const base = { name: 'x', setup: () => null, threads: [() => 1] };
    expect(() => scenario({ ...base, threads: [] })).toThrow(RangeError);
    expect(() => scenario({ ...base, name: '' })).toThrow(TypeError);
    expect(() => scenario({ ...base, setup: 1 as never })).toThrow(/setup is a function, not 1 \(number\)/);
    expect(() => scenario({ ...base, chek: () => false } as never)).toThrow(
      "Scenario 'x': there is no part 'chek'; there are name, setup, threads, recover, check, names, memoryless",
    );
    expect(() => replay(lostUpdate, '0x')).toThrow(SyntaxError);
  });
});
