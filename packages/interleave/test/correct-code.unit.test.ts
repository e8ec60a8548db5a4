import { describe, expect, it } from 'vitest';
import { checkLinearizable, explore, fifoModel, lifoModel, scenario } from '../src/index.ts';
import { words } from './words.ts';

/** A mutex as Drepper's "Futexes are tricky" has it: 0 free, 1 taken, 2 taken with waiters. */
function lock(word: Int32Array): void {
  let state = Atomics.compareExchange(word, 0, 0, 1);
  while (state !== 0) {
    if (state === 2 || Atomics.compareExchange(word, 0, 1, 2) !== 0) Atomics.wait(word, 0, 2);
    state = Atomics.compareExchange(word, 0, 0, 2);
  }
}

function unlock(word: Int32Array): void {
  if (Atomics.exchange(word, 0, 0) === 2) Atomics.notify(word, 0, 1);
}

describe('correct code passes', () => {
  it.each([
    [8, () => new Int8Array(new SharedArrayBuffer(4))],
    [16, () => new Uint16Array(new SharedArrayBuffer(4))],
  ] as const)(
    'flags of %i bits that share a word, each of which publishes plain memory',
    (_bits, makeFlags) => {
      const subject = scenario({
        name: 'neighbours',
        setup: () => ({ flags: makeFlags(), data: words(1) }),
        threads: [
          ({ flags }) => void Atomics.store(flags, 0, 1),
          ({ flags, data }) => {
            data[0] = 1;
            Atomics.store(flags, 1, 1);
          },
          ({ flags, data }) => Atomics.load(flags, 0) + Atomics.load(flags, 1) === 2 && data[0],
        ],
        check: ({ results }) => results[2] === false || results[2] === 1,
      });
      expect(explore(subject).complete).toBe(true);
    },
  );

  it('a mutex around plain memory, for three threads and with spurious wakes', () => {
    const subject = scenario({
      name: 'mutex',
      setup: () => ({ mutex: words(1), count: words(1) }),
      threads: [0, 1, 2].map(() => ({ mutex, count }: Record<'mutex' | 'count', Int32Array>) => {
        lock(mutex);
        count[0] = (count[0] as number) + 1;
        unlock(mutex);
      }),
      check: ({ context }) => context.count[0] === 3,
    });
    const report = explore(subject, { spuriousWakes: 1 });
    expect(report.complete).toBe(true);
    expect(report.states).toBeGreaterThan(100);
  });

  it("Peterson's algorithm", () => {
    const rounds = 2;
    const subject = scenario({
      name: 'Peterson',
      setup: () => ({ wants: words(2), turn: words(1), count: words(1) }),
      threads: [0, 1].map(
        (me) =>
          ({ wants, turn, count }: Record<'wants' | 'turn' | 'count', Int32Array>) => {
            for (let round = 0; round < rounds; round++) {
              Atomics.store(wants, me, 1);
              Atomics.store(turn, 0, 1 - me);
              while (Atomics.load(wants, 1 - me) === 1 && Atomics.load(turn, 0) === 1 - me);
              count[0] = (count[0] as number) + 1;
              Atomics.store(wants, me, 0);
            }
          },
      ),
      check: ({ context }) => context.count[0] === 2 * rounds,
    });
    expect(explore(subject, { preemptions: 4 }).complete).toBe(true);
  });

  /** A stack of nodes 1…: head in word 0, and for node n its successor in word n. Nodes are never reused. */
  it("Treiber's stack, linearizable as a LIFO queue", () => {
    const push = (stack: Int32Array, node: number): void => {
      for (;;) {
        const head = Atomics.load(stack, 0);
        Atomics.store(stack, node, head);
        if (Atomics.compareExchange(stack, 0, head, node) === head) return;
      }
    };
    const pop = (stack: Int32Array): number => {
      for (;;) {
        const head = Atomics.load(stack, 0);
        if (head === 0) throw Object.assign(new Error('empty'), { name: 'QueueEmpty' });
        if (Atomics.compareExchange(stack, 0, head, Atomics.load(stack, head)) === head) return head;
      }
    };
    const caught = (body: () => unknown) => {
      try {
        body();
      } catch (error) {
        if ((error as Error).name !== 'QueueEmpty') throw error;
      }
    };
    const subject = scenario({
      name: 'Treiber',
      setup: () => ({ stack: words(4) }),
      threads: [
        ({ stack }, thread) => {
          thread.call('put', [1], () => push(stack, 1));
          caught(() => thread.call('getNowait', [], () => pop(stack)));
        },
        ({ stack }, thread) => {
          thread.call('put', [2], () => push(stack, 2));
          caught(() => thread.call('getNowait', [], () => pop(stack)));
        },
      ],
      check: ({ history }) => {
        const verdict = checkLinearizable(history, lifoModel());
        if (!verdict.linearizable) throw new Error(verdict.message);
      },
    });
    expect(explore(subject).complete).toBe(true);
  });

  /** Michael and Scott's queue over nodes 1…, of which node 1 is the first dummy; word n is node n's successor. */
  it("Michael and Scott's queue, linearizable as a FIFO queue, through a death anywhere", () => {
    const enqueue = (next: Int32Array, ends: Int32Array, node: number): void => {
      for (;;) {
        const tail = Atomics.load(ends, 1);
        const successor = Atomics.compareExchange(next, tail, 0, node);
        Atomics.compareExchange(ends, 1, tail, successor === 0 ? node : successor);
        if (successor === 0) return;
      }
    };
    const dequeue = (next: Int32Array, ends: Int32Array): number | undefined => {
      for (;;) {
        const head = Atomics.load(ends, 0);
        const tail = Atomics.load(ends, 1);
        const first = Atomics.load(next, head);
        if (first === 0) return undefined;
        if (head === tail) Atomics.compareExchange(ends, 1, tail, first);
        else if (Atomics.compareExchange(ends, 0, head, first) === head) return first;
      }
    };
    const take = (next: Int32Array, ends: Int32Array): number => {
      const node = dequeue(next, ends);
      if (node === undefined) throw Object.assign(new Error('empty'), { name: 'QueueEmpty' });
      return node;
    };
    const subject = scenario({
      name: 'Michael and Scott',
      setup: () => {
        const ends = words(2);
        ends.fill(1);
        return { next: words(8), ends };
      },
      threads: [
        ({ next, ends }, thread) => {
          thread.call('put', [2], () => enqueue(next, ends, 2));
          thread.call('put', [3], () => enqueue(next, ends, 3));
        },
        ({ next, ends }, thread) => {
          thread.call('put', [4], () => enqueue(next, ends, 4));
          try {
            thread.call('getNowait', [], () => take(next, ends));
          } catch (error) {
            if ((error as Error).name !== 'QueueEmpty') throw error;
          }
        },
      ],
      recover: ({ next, ends }, _death, thread) => {
        try {
          thread.call('getNowait', [], () => take(next, ends));
        } catch (error) {
          if ((error as Error).name !== 'QueueEmpty') throw error;
        }
      },
      check: ({ history }) => {
        const verdict = checkLinearizable(history, fifoModel());
        if (!verdict.linearizable) throw new Error(verdict.message);
      },
    });
    const report = explore(subject, { kills: 1, preemptions: 3 });
    expect(report.complete).toBe(true);
    expect(report.schedules).toBeGreaterThan(100);
  });
});

describe('broken code does not', () => {
  it("Peterson's algorithm with its two stores exchanged", () => {
    const subject = scenario({
      name: 'Peterson, stores exchanged',
      setup: () => ({ wants: words(2), turn: words(1), count: words(1) }),
      threads: [0, 1].map(
        (me) =>
          ({ wants, turn, count }: Record<'wants' | 'turn' | 'count', Int32Array>) => {
            Atomics.store(turn, 0, 1 - me);
            Atomics.store(wants, me, 1);
            while (Atomics.load(wants, 1 - me) === 1 && Atomics.load(turn, 0) === 1 - me);
            count[0] = (count[0] as number) + 1;
            Atomics.store(wants, me, 0);
          },
      ),
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('race');
  });

  it('a mutex whose unlock forgets to notify', () => {
    const subject = scenario({
      name: 'no notify',
      setup: () => ({ mutex: words(1) }),
      threads: [0, 1].map(() => ({ mutex }: { mutex: Int32Array }) => {
        lock(mutex);
        Atomics.store(mutex, 0, 0);
      }),
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('deadlock');
  });

  it('a mutex that a killed thread leaves locked', () => {
    const subject = scenario({
      name: 'death with the lock',
      setup: () => ({ mutex: words(1) }),
      threads: [0, 1].map(() => ({ mutex }: { mutex: Int32Array }) => {
        lock(mutex);
        unlock(mutex);
      }),
    });
    expect(explore(subject).complete).toBe(true);
    const failure = explore(subject, { kills: 1, throwOnFailure: false }).failure;
    expect(failure?.kind).toBe('deadlock');
    expect(failure?.schedule).toContain('k');
  });

  it('a notified thread that dies without passing the wake on', () => {
    const subject = scenario({
      name: 'swallowed wake',
      setup: () => ({ tokens: words(1) }),
      threads: [
        ...[0, 1].map(() => ({ tokens }: { tokens: Int32Array }) => {
          // Each needs one token, takes it, and says so.
          while (Atomics.load(tokens, 0) === 0) Atomics.wait(tokens, 0, 0);
        }),
        ({ tokens }) => {
          Atomics.store(tokens, 0, 1);
          Atomics.notify(tokens, 0, 1);
          // Only who woke would wake the second: here it is done by hand, once.
        },
      ],
    });
    const failure = explore(subject, { throwOnFailure: false, kills: 1 }).failure;
    expect(failure?.kind).toBe('deadlock');
  });

  it('a wait that takes any wake for the event', () => {
    const subject = scenario({
      name: 'if around a wait',
      setup: () => ({ event: words(1) }),
      threads: [
        ({ event }) => {
          if (Atomics.load(event, 0) === 0) Atomics.wait(event, 0, 0);
          return Atomics.load(event, 0);
        },
        ({ event }) => {
          Atomics.store(event, 0, 1);
          Atomics.notify(event, 0);
        },
      ],
      check: ({ results }) => results[0] === 1,
    });
    expect(explore(subject).complete).toBe(true);
    const failure = explore(subject, { spuriousWakes: 1, throwOnFailure: false }).failure;
    expect(failure).toMatchObject({ kind: 'check', schedule: '0x2.w0.0.1x2' });
  });

  it('a waiter that takes a timeout for the event', () => {
    const subject = scenario({
      name: 'early timeout',
      setup: () => ({ event: words(1) }),
      threads: [
        ({ event }) => Atomics.wait(event, 0, 0, 10),
        ({ event }) => {
          Atomics.store(event, 0, 1);
          Atomics.notify(event, 0);
        },
      ],
      check: ({ results }) => results[0] !== 'timed-out',
    });
    expect(explore(subject).complete).toBe(true);
    expect(explore(subject, { timeouts: 1, throwOnFailure: false }).failure?.kind).toBe('check');
  });
});
