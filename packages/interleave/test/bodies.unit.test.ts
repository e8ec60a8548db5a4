import { describe, expect, it } from 'vitest';
import { explore, replay, scenario } from '../src/index.ts';
import { words } from './words.ts';

describe('bodies', () => {
  it('with finally blocks run them without effect when they are suspended', () => {
    const subject = scenario({
      name: 'finally',
      setup: () => ({ state: words(3) }),
      threads: [0, 1].map((me) => ({ state }: { state: Int32Array }) => {
        while (Atomics.compareExchange(state, 0, 0, 1) !== 0);
        try {
          const before = Atomics.load(state, 1);
          Atomics.store(state, 1, before + 1);
        } finally {
          Atomics.store(state, 0, 0);
          Atomics.add(state, 2, me + 1);
        }
      }),
      check: ({ context }) => context.state[1] === 2 && context.state[2] === 3,
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('that catch everything do not catch their suspension for good', () => {
    const subject = scenario({
      name: 'catch all',
      setup: () => ({ count: words(1) }),
      threads: [0, 1].map(() => ({ count }: { count: Int32Array }) => {
        try {
          Atomics.add(count, 0, 1);
        } catch {
          return 'caught';
        }
        return 'done';
      }),
      check: ({ context, results }) => context.count[0] === 2 && results.every((result) => result === 'done'),
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('make views of their own, of every type, over shared memory', () => {
    const subject = scenario({
      name: 'views',
      setup: () => ({ memory: new SharedArrayBuffer(64) }),
      threads: [
        ({ memory }) => {
          const bytes = new Uint8Array(memory, 8, 8);
          bytes[0] = 300;
          const big = new BigInt64Array(memory, 16, 1);
          Atomics.store(big, 0, -5n);
          Atomics.add(big, 0, 2n ** 40n);
          const double = new Float64Array(memory, 24, 1);
          double[0] = 0.5;
          const view = new DataView(memory, 32);
          view.setUint16(1, 0xabcd, true);
          view.setFloat32(4, 1.5);
          const short = new Int16Array(memory, 48, 2);
          Atomics.store(short, 1, 70_000);
          return [
            bytes[0],
            Atomics.load(big, 0),
            double[0],
            view.getUint16(1, true),
            view.getUint8(2),
            view.getFloat32(4),
            Atomics.load(short, 1),
            bytes instanceof Uint8Array,
            view instanceof DataView,
            bytes.buffer === memory,
            bytes.length,
            bytes.byteOffset,
          ];
        },
        () => undefined,
      ],
      check: ({ results, context }) => {
        expect(results[0]).toEqual([
          44,
          2n ** 40n - 5n,
          0.5,
          0xabcd,
          0xab,
          1.5,
          4464,
          true,
          true,
          true,
          8,
          8,
        ]);
        expect(new Uint8Array(context.memory)[33]).toBe(0xcd);
      },
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('use the methods of typed arrays', () => {
    const subject = scenario({
      name: 'methods',
      setup: () => ({ data: words(8) }),
      threads: [
        ({ data }) => {
          data.set([1, 2, 3], 1);
          data.subarray(4).fill(9, 0, 2);
          data.copyWithin(6, 1, 3);
          const copy = data.slice(1, 4);
          copy[0] = 100;
          const other = new Int32Array(3);
          other.set(data.subarray(1, 4));
          return [
            [...data],
            [...copy],
            [...other],
            data.indexOf(3),
            data.at(-1),
            data.join('-'),
            data.reduce((sum: number, value: number) => sum + value, 0),
            [...new Int32Array(data)],
            data[99],
            data.length,
          ];
        },
        ({ data }) => void Atomics.load(data, 0),
      ],
      check: ({ results }) => {
        expect(results[0]).toEqual([
          [0, 1, 2, 3, 9, 9, 1, 2],
          [100, 2, 3],
          [1, 2, 3],
          3,
          2,
          '0-1-2-3-9-9-1-2',
          27,
          [0, 1, 2, 3, 9, 9, 1, 2],
          undefined,
          8,
        ]);
      },
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('keep scratch memory of their own native', () => {
    const { Uint8Array: genuine } = globalThis;
    const subject = scenario({
      name: 'scratch',
      setup: () => null,
      threads: [
        () => {
          const scratch = new Uint8Array(4);
          const own = new Int32Array(new SharedArrayBuffer(8));
          Atomics.add(own, 0, 2);
          return [Object.getPrototypeOf(scratch) === genuine.prototype, ArrayBuffer.isView(scratch), own[0]];
        },
      ],
      check: ({ results }) => expect(results[0]).toEqual([true, true, 2]),
    });
    expect(explore(subject).schedules).toBe(1);
  });

  it('grow growable buffers, and see others grow them', () => {
    const sizes = new Set<string>();
    const subject = scenario({
      name: 'grow',
      setup: () => ({ memory: new SharedArrayBuffer(8, { maxByteLength: 32 }) }),
      threads: [
        ({ memory }) => {
          memory.grow(24);
          return memory.byteLength;
        },
        ({ memory }) => {
          const tracking = new Int32Array(memory);
          return tracking.length;
        },
      ],
      check: ({ results, context }) => {
        sizes.add(results.join());
        expect(context.memory.byteLength).toBe(24);
      },
    });
    expect(explore(subject).complete).toBe(true);
    expect([...sizes].sort()).toEqual(['24,2', '24,6']);
  });

  it('read a size several times in a row without being taken to spin', () => {
    const seen = new Set<unknown>();
    const subject = scenario({
      name: 'sizes in passing',
      setup: () => ({ memory: new SharedArrayBuffer(8, { maxByteLength: 32 }) }),
      threads: [
        ({ memory }) => {
          const lengths = [1, 2, 3, 4, 5, 6].map(() => memory.byteLength);
          return Atomics.add(new Int32Array(memory, 0, 2), 0, lengths.length);
        },
        ({ memory }) => Atomics.load(new Int32Array(memory, 0, 2), 0),
      ],
      check: ({ results }) => void seen.add(results[1]),
    });
    expect(explore(subject).complete).toBe(true);
    expect([...seen].sort()).toEqual([0, 6]);
  });

  it('may wait for growth by reading the size', () => {
    const subject = scenario({
      name: 'wait for growth',
      setup: () => ({ memory: new SharedArrayBuffer(8, { maxByteLength: 32 }) }),
      threads: [
        ({ memory }) => {
          while (memory.byteLength < 24);
          return memory.byteLength;
        },
        ({ memory }) => void memory.grow(24),
      ],
      check: ({ results }) => expect(results[0]).toBe(24),
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('see time pass only when a timeout fires', () => {
    const subject = scenario({
      name: 'time',
      setup: () => ({ gate: words(1) }),
      threads: [
        ({ gate }) => {
          const start = performance.now();
          const outcome = Atomics.wait(gate, 0, 0, 250);
          return [outcome, performance.now() - start, Date.now() - start];
        },
      ],
      check: ({ results }) => expect(results[0]).toEqual(['timed-out', 250, 250]),
    });
    expect(explore(subject).schedules).toBe(1);
  });

  it('that poll the clock see it move in the end', () => {
    const subject = scenario({
      name: 'polling',
      setup: () => ({ gate: words(1) }),
      threads: [
        ({ gate }) => {
          const deadline = performance.now() + 20;
          while (Atomics.load(gate, 0) === 0) if (performance.now() > deadline) return 'late';
          return 'seen';
        },
        () => {
          const end = Date.now() + 5;
          while (Date.now() < end);
        },
      ],
      check: ({ results }) => results[0] === 'late',
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('sleep on memory of their own', () => {
    const subject = scenario({
      name: 'sleep',
      setup: () => null,
      threads: [() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)],
      check: ({ results }) => results[0] === 'timed-out',
    });
    expect(explore(subject).schedules).toBe(1);
  });

  it('get the errors of the genuine Atomics for wrong arguments', () => {
    const subject = scenario({
      name: 'errors',
      setup: () => ({ data: words(2), doubles: new Float64Array(new SharedArrayBuffer(8)) }),
      threads: [
        ({ data, doubles }) =>
          [
            () => Atomics.load(data, 2),
            () => Atomics.load(data, -1),
            () => Atomics.add(data, 0, 1n as unknown as number),
            () => Atomics.load(doubles as unknown as Int32Array, 0),
            () => new Int32Array(data.buffer, 2),
          ].map((body) => {
            try {
              return body();
            } catch (error) {
              return (error as Error).name;
            }
          }),
      ],
      check: ({ results }) =>
        expect(results[0]).toEqual(['RangeError', 'RangeError', 'TypeError', 'TypeError', 'RangeError']),
    });
    expect(explore(subject).schedules).toBe(1);
  });

  it('leave memory as it was after setup for the next execution, whatever check writes', () => {
    const subject = scenario({
      name: 'undo',
      setup: () => {
        const data = words(2);
        data[0] = 5;
        return { data };
      },
      threads: [({ data }) => Atomics.add(data, 0, 1), ({ data }) => Atomics.add(data, 0, 1)],
      check: ({ context: { data } }) => {
        expect(data[0]).toBe(7);
        data[0] = 100;
        Atomics.store(data, 1, 1);
      },
    });
    expect(explore(subject, { prune: false }).schedules).toBe(2);
  });
});

describe('replay', () => {
  const order = scenario({
    name: 'order',
    setup: () => ({ next: words(1) }),
    threads: [0, 1, 2].map(
      () =>
        ({ next }) =>
          Atomics.add(next, 0, 1),
    ),
  });

  it('follows the schedule and tells what happened', () => {
    const report = replay(order, '2.0.1');
    expect(report.results).toEqual([1, 2, 0]);
    expect(report.schedule).toBe('2.0.1');
    expect(report.trace.map(({ thread, operation, place }) => `${thread} ${operation} ${place}`)).toEqual([
      '2 add next[0]',
      '0 add next[0]',
      '1 add next[0]',
    ]);
  });

  it('passes over what cannot be done and fills in what is missing', () => {
    expect(replay(order, '1x5.k2.7').results).toEqual([1, 0, undefined]);
    expect(replay(order, '').results).toEqual([0, 1, 2]);
  });
});
