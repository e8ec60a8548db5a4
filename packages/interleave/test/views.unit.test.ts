import { describe, expect, it } from 'vitest';
import { explore, replay, scenario } from '../src/index.ts';
import { words } from './words.ts';

/** What the body does alone, with a view of the type that `make` makes: its result, and what it threw. */
function resultOf<View>(make: () => View, body: (view: View) => unknown): unknown {
  const alone = scenario({
    name: 'alone',
    setup: () => ({ view: make() }),
    threads: [
      ({ view }) => {
        try {
          return body(view);
        } catch (error) {
          if (error instanceof Error) return error.name;
          throw error;
        }
      },
    ],
  });
  return replay(alone, '').results[0];
}

/** The places that the body reads or writes when it has one thread for itself. */
function accessesOf(body: (view: Int32Array) => unknown): string[] {
  const alone = scenario({
    name: 'alone',
    setup: () => ({ x: words(4).fill(0) }),
    threads: [({ x }) => void body(x)],
  });
  return replay(alone, '').trace.map(({ operation, place }) => `${operation} ${place}`);
}

describe('a method of a view', () => {
  it.each<[string, (x: Int32Array) => unknown]>([
    ['at', (x) => x.at(0)],
    ['a pattern', ([first]) => first],
    ['for…of that is left', (x) => void Array.from({ length: 1 }, () => x.values().next())],
    ['entries', (x) => x.entries().next()],
    ['indexOf', (x) => x.indexOf(0)],
    ['includes', (x) => x.includes(0)],
    ['lastIndexOf', (x) => x.lastIndexOf(0, 0)],
    ['find', (x) => x.find((value) => value === 0)],
    ['findIndex', (x) => x.findIndex((value) => value < 1)],
    ['some', (x) => x.some((value) => value === 0)],
    ['every', (x) => x.every((value) => value !== 0)],
  ])('that needs one element reads that one only: %s', (_, body) => {
    expect(accessesOf(body)).toEqual(['read x[0]']);
  });

  it('that is borrowed works on what it is called on', () => {
    const borrowed = (x: Int32Array) => {
      const { map, fill, join } = x;
      fill.call(x.subarray(1, 2), 5);
      return [
        [...map.call(Float64Array.of(0.5), (value) => value * 3)],
        join.call(x),
        join.call(Uint8Array.of(7)),
      ];
    };
    expect(resultOf(() => words(3), borrowed)).toEqual([[1.5], '0,5,0', '7']);
    for (const other of [undefined, [1], Object.create(words(1))]) {
      expect(
        resultOf(
          () => words(3),
          (x) => x.join.call(other),
        ),
      ).toBe('TypeError');
    }
  });

  it('that needs none reads none', () => {
    expect(accessesOf((x) => [...x.keys()])).toEqual([]);
    expect(accessesOf((x) => x.indexOf(0, 4))).toEqual([]);
    expect(accessesOf((x) => x.at(9))).toEqual([]);
  });

  it('reads a stretch as one access where no code comes in between', () => {
    expect(accessesOf((x) => x.indexOf(7))).toEqual(['read x[0]…+4']);
    expect(accessesOf((x) => x.includes(7, 1))).toEqual(['read x[1]…+3']);
    expect(accessesOf((x) => x.join())).toEqual(['read x[0]…+4']);
  });

  it('searches from where it is told', () => {
    const view = () => words(4);
    const search = (x: Int32Array) => {
      x.set([5, 6, 5, 6]);
      return [
        x.indexOf(5, 1),
        x.indexOf(5, -1),
        x.indexOf(5, 4),
        x.indexOf(6, -9),
        x.lastIndexOf(5),
        x.lastIndexOf(6, 2),
        x.lastIndexOf(6, -4),
        x.lastIndexOf(6, -9),
        x.lastIndexOf(6, undefined),
        x.includes(5, 3),
        x.includes(5, -2),
        x.includes('5' as never),
      ];
    };
    expect(resultOf(view, search)).toEqual(search(view()));
    const nan = (x: Float64Array) => {
      x[1] = Number.NaN;
      return [
        x.indexOf(Number.NaN),
        x.includes(Number.NaN),
        x.lastIndexOf(0),
        x.includes(undefined as never),
      ];
    };
    const doubles = () => new Float64Array(new SharedArrayBuffer(16));
    expect(resultOf(doubles, nan)).toEqual(nan(doubles()));
  });

  it('reads lazily: an iterator sees what was written meanwhile', () => {
    const iterate = (x: Int32Array) => {
      const seen: number[] = [];
      for (const value of x) {
        seen.push(value);
        x[3] = 9;
      }
      return seen;
    };
    expect(resultOf(() => words(4), iterate)).toEqual([0, 0, 0, 9]);
  });

  it('gives its callback the view, whose later elements are read later', () => {
    const call = (x: Int32Array) => {
      const own: boolean[] = [];
      const note = (value: number, index: number, view: Int32Array) => {
        own.push(view === x);
        if (index + 1 < view.length) view[index + 1] = value + 1;
        return value;
      };
      const mapped = x.map(note);
      x.forEach(note);
      const filtered = x.filter((value) => value > 1);
      const sum = x.reduce((total, value, _, view) => total + value * view.length, 0);
      const last = x.reduceRight((total, value) => `${total}${value}`, '');
      return [
        [...mapped],
        mapped.buffer instanceof ArrayBuffer,
        [...filtered],
        Object.prototype.toString.call(filtered),
        sum,
        last,
        x.findLast((value) => value < 3),
        x.findLastIndex((value) => value < 3),
        own,
      ];
    };
    expect(resultOf(() => words(4), call)).toEqual(call(words(4)));
  });

  it('leaves its operand alone where it makes a copy', () => {
    const copy = (x: Int32Array) => {
      x.set([3, 1, 2, 0]);
      const later = x as Int32Array & {
        toSorted(): Int32Array;
        toReversed(): Int32Array;
        with(index: number, value: number): Int32Array;
      };
      return [
        [...later.toSorted()],
        [...later.toReversed()],
        [...later.with(0, 7)],
        x.toString(),
        x.toLocaleString('en'),
      ];
    };
    expect(resultOf(() => words(4), copy)).toEqual(copy(words(4)));
  });

  it('throws what the genuine one throws', () => {
    for (const body of [
      (x: Int32Array) => x.forEach(undefined as never),
      (x: Int32Array) => x.map((value) => BigInt(value) as never),
      (x: Int32Array) => x.subarray(0, 0).reduce((sum, value) => sum + value),
      (x: Int32Array) => x.fill(1n as never, 0, 0),
      (x: Int32Array) => {
        x[0] = 5n as never;
      },
      (x: Int32Array) => {
        x[0] = Symbol.iterator as never;
      },
    ]) {
      expect(() => body(words(4))).toThrow(TypeError);
      expect(resultOf(() => words(4), body)).toBe('TypeError');
    }
    const big = () => new BigInt64Array(new SharedArrayBuffer(8));
    expect(
      resultOf(big, (x) => {
        x[0] = 5 as never;
      }),
    ).toBe('TypeError');
    const coerced = (x: BigInt64Array) =>
      ['7', true, 2n ** 63n].map((value) => {
        x[0] = value as never;
        return x[0];
      });
    expect(resultOf(big, coerced)).toEqual(coerced(big()));
  });
});

describe('a view', () => {
  it('has what every object has', () => {
    const use = (x: Int32Array) => {
      const Class = x.constructor as Int32ArrayConstructor;
      return [
        // biome-ignore lint/suspicious/noPrototypeBuiltins: it is what is tested
        x.hasOwnProperty(0),
        // biome-ignore lint/suspicious/noPrototypeBuiltins: it is what is tested
        x.hasOwnProperty(4),
        x.valueOf() === x,
        // biome-ignore lint/suspicious/noDoubleEquals: it is what is tested
        (x as unknown) == '0,0,0,0',
        new Class(2).length,
        Class === Int32Array,
        [x, x.subarray(1), new DataView(x.buffer), new Int8Array(2), x.buffer, 5, undefined].map(
          ArrayBuffer.isView,
        ),
      ];
    };
    expect(resultOf(() => words(4), use)).toEqual(use(words(4)));
  });

  it('is refused by atomic functions that want another type', () => {
    const bytes = () => new Uint8Array(new SharedArrayBuffer(8));
    for (const use of [
      (x: Uint8Array) => Atomics.notify(x as never, 0),
      (x: Uint8Array) => Atomics.wait(x as never, 0, 0, 0),
      (_: Uint8Array) => Atomics.wait(new Int32Array(1), 0, 0, 0),
    ]) {
      expect(() => use(bytes())).toThrow(TypeError);
      expect(resultOf(bytes, use)).toBe('TypeError');
    }
  });

  it('made by the constructor of another one is seen as well', () => {
    const subject = scenario({
      name: 'constructor',
      setup: () => ({ x: words(1) }),
      threads: [0, 1].map(() => ({ x }: { x: Int32Array }) => {
        const again = new (x.constructor as Int32ArrayConstructor)(x.buffer);
        again[0] = 1;
      }),
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('over a buffer that grows has the elements that there are', () => {
    const use = (memory: SharedArrayBuffer) => {
      const x = new Int32Array(memory);
      const before = [Object.keys(x), 2 in x, '1' in x, 'length' in x, Object.hasOwn(x, 2)];
      memory.grow(16);
      return [...before, Object.keys(x), 2 in x, Object.getOwnPropertyDescriptor(x, 3), [...x]];
    };
    const make = () => new SharedArrayBuffer(8, { maxByteLength: 32 });
    expect(resultOf(make, use)).toEqual(use(make()));
  });
});

describe('a copy of a buffer', () => {
  it('has the length that the buffer has, or what was asked for', () => {
    const use = (memory: SharedArrayBuffer) => {
      new Uint8Array(memory).set([1, 2, 3, 4]);
      const copies = [
        memory.slice(),
        memory.slice(1),
        memory.slice(-3, -1),
        memory.slice(3, 1),
        memory.slice(0, 99),
      ];
      return copies.map((copy) => [
        copy.byteLength,
        copy instanceof SharedArrayBuffer,
        ...new Uint8Array(copy),
      ]);
    };
    for (const make of [
      () => new SharedArrayBuffer(4),
      () => new SharedArrayBuffer(4, { maxByteLength: 64 }),
    ]) {
      expect(resultOf(make, use)).toEqual(use(make()));
    }
  });

  it('is read plainly', () => {
    const subject = scenario({
      name: 'slice',
      setup: () => ({ x: words(2) }),
      threads: [
        ({ x }) => new Int32Array(x.buffer.slice(0, 4))[0],
        ({ x }) => {
          x[0] = 1;
        },
      ],
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('made in setup is the scenario’s own', () => {
    const subject = scenario({
      name: 'slice in setup',
      setup() {
        const first = words(1);
        first[0] = 7;
        return { second: new Int32Array(first.buffer.slice(0)) };
      },
      threads: [0, 1].map(
        () =>
          ({ second }: { second: Int32Array }) =>
            Atomics.add(second, 0, 1),
      ),
      check: ({ context }) => context.second[0] === 9,
    });
    expect(explore(subject, { prune: false })).toMatchObject({ complete: true, schedules: 2 });
  });

  it('that is not shared memory of a scenario is as ever', () => {
    const own = (memory: SharedArrayBuffer) => {
      const mine = new SharedArrayBuffer(3);
      new Uint8Array(mine)[2] = memory.byteLength;
      return [...new Uint8Array(mine.slice(1))];
    };
    expect(resultOf(() => new SharedArrayBuffer(4), own)).toEqual([0, 4]);
  });
});

describe('a buffer', () => {
  it('grows to no length that is none', () => {
    for (const length of [Number.NaN, undefined, -1, 4, 33]) {
      const grow = (memory: SharedArrayBuffer) => memory.grow(length as never);
      expect(resultOf(() => new SharedArrayBuffer(8, { maxByteLength: 32 }), grow)).toBe('RangeError');
    }
    const coerced = (memory: SharedArrayBuffer) =>
      [12.7, '16'].map((length) => {
        memory.grow(length as never);
        return memory.byteLength;
      });
    expect(resultOf(() => new SharedArrayBuffer(8, { maxByteLength: 32 }), coerced)).toEqual([12, 16]);
  });
});

describe('an atomic access', () => {
  it.each(['12', true, 5n, 5, undefined, null, 'twelve'])(
    'takes for a bigint what the language does: %s',
    (value) => {
      const genuine = globalThis.Atomics;
      const addTo = (atomics: typeof Atomics, view: BigInt64Array) => {
        atomics.add(view, 0, value as never);
        return view[0];
      };
      const expected = (() => {
        try {
          return addTo(genuine, new BigInt64Array(1));
        } catch (error) {
          return (error as Error).name;
        }
      })();
      const make = () => new BigInt64Array(new SharedArrayBuffer(8));
      expect(resultOf(make, (view) => addTo(Atomics, view))).toBe(expected);
    },
  );
});
