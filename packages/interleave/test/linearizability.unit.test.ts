import { describe, expect, it } from 'vitest';
import {
  checkFifoHistory,
  checkLinearizable,
  explore,
  fifoModel,
  lifoModel,
  type Operation,
  priorityModel,
  type QueueModelOptions,
  scenario,
} from '../src/index.ts';

/** An operation by thread, name, argument, interval and outcome; an outcome that is an Error was thrown. */
function operation(
  thread: number,
  name: string,
  args: readonly unknown[],
  [start, end]: readonly [number, number],
  outcome?: unknown,
): Operation {
  const base = { thread, name, args, start, end };
  return outcome instanceof Error ? { ...base, error: outcome } : { ...base, result: outcome };
}

const named = (name: string) => Object.assign(new Error(name), { name });
const empty = named('QueueEmpty');
const full = named('QueueFull');
const shutDown = named('QueueShutDown');
const never = Number.POSITIVE_INFINITY;

describe('checkLinearizable', () => {
  it('takes overlapping operations in either order and others in theirs', () => {
    const put1 = operation(0, 'put', [1], [0, 3]);
    const put2 = operation(1, 'put', [2], [1, 2]);
    const get = operation(0, 'get', [], [4, 5], 2);
    expect(checkLinearizable([put1, put2, get], fifoModel()).linearizable).toBe(true);
    const later = operation(1, 'put', [2], [3.5, 3.7]);
    expect(checkLinearizable([put1, later, get], fifoModel()).linearizable).toBe(false);
    expect(checkLinearizable([put1, later, get], lifoModel()).linearizable).toBe(true);
  });

  it('tells how far it came and what does not fit', () => {
    const verdict = checkLinearizable(
      [operation(0, 'put', [1], [0, 1]), operation(0, 'get', [], [2, 3], 9)],
      fifoModel(),
    );
    expect(verdict).toMatchObject({
      linearizable: false,
      order: [{ name: 'put' }],
      stuck: [{ name: 'get' }],
    });
    expect((verdict as { message: string }).message).toContain('thread 0: get() → 9 [2, 3]');
  });

  it('lets an operation that never ended happen at any later time, or not at all', () => {
    const pendingPut = operation(0, 'put', [1], [0, never]);
    const get = operation(1, 'get', [], [5, 6], 1);
    const none = operation(1, 'getNowait', [], [1, 2], empty);
    expect(checkLinearizable([pendingPut, get], fifoModel()).linearizable).toBe(true);
    expect(checkLinearizable([pendingPut, none, get], fifoModel()).linearizable).toBe(true);
    expect(checkLinearizable([pendingPut, none], fifoModel()).linearizable).toBe(true);
    const pendingGet = operation(2, 'get', [], [0, never]);
    const put = operation(0, 'put', [1], [1, 2]);
    const after = operation(1, 'getNowait', [], [3, 4], empty);
    expect(checkLinearizable([pendingGet, put, after], fifoModel()).linearizable).toBe(true);
    expect(checkLinearizable([put, after], fifoModel()).linearizable).toBe(false);
  });

  it('refuses an operation that ends before it starts, and names that the model does not know', () => {
    expect(() => checkLinearizable([operation(0, 'put', [1], [2, 1])], fifoModel())).toThrow(RangeError);
    expect(() => checkLinearizable([operation(0, 'peek', [], [0, 1])], fifoModel())).toThrow(
      /no operation 'peek'/,
    );
  });

  it.each([null, undefined, 'full', 5])(
    'takes a thrown %s, which has no name, for an outcome like others',
    (thrown) => {
      let history: readonly Operation[] = [];
      const subject = scenario({
        name: 'bare values thrown',
        setup: () => null,
        threads: [
          (_, thread) => {
            try {
              thread.call('put', [1], () => {
                throw thrown;
              });
            } catch {}
            thread.call('get', [], () => 1);
          },
        ],
        check: (outcome) => {
          history = outcome.history;
        },
      });
      explore(subject);
      expect(history[0]).toHaveProperty('error');
      const verdict = checkLinearizable(history, fifoModel());
      expect(verdict).toMatchObject({ linearizable: false, order: [] });
      expect((verdict as { message: string }).message).toMatch(/put\(1\) → throws \S/);
      expect(checkFifoHistory(history)).toMatchObject({ reason: 'never-put' });
      const lost = [{ ...operation(0, 'get', [], [0, 1]), error: thrown ?? null }];
      expect(checkFifoHistory(lost)).toEqual({ linearizable: true });
    },
  );

  it('names what is no history, no operation or no model', () => {
    const model = fifoModel();
    expect(() => checkLinearizable(5 as never, model)).toThrow(/a history is an array .* not 5 \(number\)/);
    expect(() => checkLinearizable([operation(0, 'put', [1], [0, 1]), {} as never], model)).toThrow(
      /operation 1 of the history is /,
    );
    expect(() => checkLinearizable([null as never], model)).toThrow(/not null/);
    expect(() => checkLinearizable([], null as never)).toThrow(/a model is .* not null/);
    expect(() => checkFifoHistory([{} as never])).toThrow(/operation 0 of the history is /);
  });

  it('takes thousands of operations of one thread', () => {
    const history: Operation[] = [];
    for (let i = 0; i < 3_000; i += 2) {
      history.push(
        operation(0, 'put', [i], [i * 2, i * 2 + 1]),
        operation(0, 'get', [], [i * 2 + 2, i * 2 + 3], i),
      );
    }
    expect(checkLinearizable(history, fifoModel()).linearizable).toBe(true);
  });
});

describe('the queue models', () => {
  /** Whether the operations, one after the other, may have had these outcomes. */
  const allows = (
    steps: readonly (readonly [name: string, args: readonly unknown[], outcome?: unknown])[],
    model = fifoModel(),
  ) =>
    checkLinearizable(
      steps.map(([name, args, outcome], at) => operation(0, name, args, [at * 2, at * 2 + 1], outcome)),
      model,
    ).linearizable;
  const bounded = (options: QueueModelOptions) => fifoModel(options);

  it.each<[string, boolean]>([
    [
      'a full queue refuses',
      allows(
        [
          ['put', [1]],
          ['putNowait', [2], full],
        ],
        bounded({ maxsize: 1 }),
      ),
    ],
    ['a queue with room does not', !allows([['putNowait', [1], full]], bounded({ maxsize: 1 }))],
    [
      'a full queue takes nothing',
      !allows(
        [
          ['put', [1]],
          ['put', [2]],
        ],
        bounded({ maxsize: 1 }),
      ),
    ],
    ['an empty queue gives nothing', allows([['getNowait', [], empty]])],
    [
      'put after shutdown throws',
      allows([
        ['shutdown', []],
        ['put', [1], shutDown],
      ]),
    ],
    [
      'put after shutdown does not succeed',
      !allows([
        ['shutdown', []],
        ['put', [1]],
      ]),
    ],
    [
      'a shut down queue is drained first',
      allows([
        ['put', [1]],
        ['shutdown', []],
        ['get', [], 1],
        ['get', [], shutDown],
      ]),
    ],
    [
      'an undrained one does not throw',
      !allows([
        ['put', [1]],
        ['shutdown', []],
        ['get', [], shutDown],
      ]),
    ],
    [
      'an immediate shutdown drops items and their tasks',
      allows([
        ['put', [1]],
        ['put', [2]],
        ['get', [], 1],
        ['shutdown', [{ immediate: true }]],
        ['get', [], shutDown],
        ['taskDone', []],
        ['join', []],
      ]),
    ],
    [
      'join waits for tasks',
      !allows([
        ['put', [1]],
        ['get', [], 1],
        ['join', []],
      ]),
    ],
    [
      'join may run out',
      allows([
        ['put', [1]],
        ['join', [], named('QueueTimeout')],
      ]),
    ],
    ['taskDone too often is refused', allows([['taskDone', [], named('RangeError')]])],
    [
      'taskDone that is due is not',
      !allows([
        ['put', [1]],
        ['taskDone', [], named('RangeError')],
      ]),
    ],
    [
      'batches',
      allows([
        ['putMany', [[1, 2, 3]]],
        ['getMany', [2], [1, 2]],
        ['qsize', [], 1],
        ['empty', [], false],
        ['get', [], 3],
      ]),
    ],
    [
      'a batch out of order',
      !allows([
        ['putMany', [[1, 2]]],
        ['getMany', [2], [2, 1]],
      ]),
    ],
    [
      'lowest priority first, ties in order',
      allows(
        [
          ['put', [[2, 'a']]],
          ['put', [[1, 'b']]],
          ['qsize', [], 2],
        ],
        priorityModel(),
      ),
    ],
  ])('%s', (_, verdict) => {
    expect(verdict).toBe(true);
  });

  it('a priority queue gives ties in the order of insertion', () => {
    const [a, b, c] = [
      [1, 'a'],
      [1, 'b'],
      [0, 'c'],
    ];
    const put: [string, unknown[]][] = [
      ['put', [a]],
      ['put', [b]],
      ['put', [c]],
    ];
    expect(allows([...put, ['get', [], c], ['get', [], a], ['get', [], b]], priorityModel())).toBe(true);
    expect(allows([...put, ['get', [], c], ['get', [], b], ['get', [], a]], priorityModel())).toBe(false);
  });
});

describe('a batch in the queue models', () => {
  const bounded = fifoModel({ maxsize: 1 });
  const fullAfter = (accepted: number) => Object.assign(named('QueueFull'), { accepted });
  const batch = (outcome?: unknown, end = 9, items = [1, 2]) =>
    operation(0, 'putMany', [items], [0, end], outcome);
  const got = (value: number, at: number) => operation(1, 'get', [], [at, at + 0.5], value);
  const isFine = (history: readonly Operation[], model = bounded) =>
    checkLinearizable(history, model).linearizable;

  it('may come in by rounds, others in between, but in order', () => {
    expect(isFine([batch(), got(1, 1), got(2, 2)])).toBe(true);
    expect(isFine([batch(), got(2, 1), got(1, 2)])).toBe(false);
    const between = operation(2, 'put', [7], [0, 9]);
    expect(isFine([batch(), between, got(1, 1), got(7, 2), got(2, 3)])).toBe(true);
    expect(isFine([batch(), between, got(7, 1), got(2, 2), got(1, 3)])).toBe(false);
  });

  it('cannot have returned before there was a place for all of it', () => {
    expect(isFine([batch(undefined, 3), got(1, 1), got(2, 4)])).toBe(true);
    expect(isFine([batch(undefined, 3), got(1, 4), got(2, 5)])).toBe(false);
  });

  it('is one step where there is no bound', () => {
    const nothing = operation(1, 'getNowait', [], [2, 3], empty);
    const history = [batch(), got(1, 1), nothing, got(2, 4)];
    expect(isFine(history, fifoModel({ maxsize: 2 }))).toBe(true);
    expect(isFine(history, fifoModel())).toBe(false);
    expect(isFine(history, fifoModel({ maxsize: never }))).toBe(false);
  });

  it('that failed has put as many as its error tells', () => {
    expect(isFine([batch(fullAfter(1)), got(1, 10)])).toBe(true);
    expect(isFine([batch(fullAfter(0)), got(1, 10)])).toBe(false);
    expect(isFine([batch(fullAfter(1)), got(1, 10), got(2, 11)])).toBe(false);
    // Full it was at no time, or had taken all.
    expect(isFine([batch(fullAfter(1))], fifoModel({ maxsize: 2 }))).toBe(false);
    expect(isFine([batch(fullAfter(2))], fifoModel({ maxsize: 2 }))).toBe(false);
    expect(isFine([batch(fullAfter(0.5)), got(1, 10)])).toBe(false);
    expect(isFine([batch(full), operation(1, 'qsize', [], [10, 11], 0)])).toBe(false);
    const [filled, stillOne] = [operation(1, 'put', [0], [-2, -1]), operation(1, 'qsize', [], [10, 11], 1)];
    expect(isFine([filled, batch(full), stillOne])).toBe(true);
    const ended = Object.assign(named('QueueShutDown'), { accepted: 1 });
    const shutdown = operation(1, 'shutdown', [], [3, 4]);
    expect(isFine([batch(ended), shutdown, got(1, 10)])).toBe(true);
    expect(isFine([batch(ended), got(1, 10)])).toBe(false);
  });

  it('whose thread died in it has put its first items, or none', () => {
    const died = batch(undefined, never);
    const nothing = (at: number) => operation(1, 'getNowait', [], [at, at + 0.5], empty);
    expect(isFine([died, nothing(10)])).toBe(true);
    expect(isFine([died, got(1, 10), nothing(11)])).toBe(true);
    expect(isFine([died, got(1, 10), got(2, 11)])).toBe(true);
    expect(isFine([died, got(2, 10)])).toBe(false);
    expect(isFine([died, got(1, 10), nothing(11)], fifoModel())).toBe(false);
  });

  it.each([0, 1])('without items is refused by a shutdown, and by nothing else (maxsize %i)', (maxsize) => {
    const model = fifoModel({ maxsize });
    const put = operation(1, 'put', [7], [0, 1]);
    const shut = operation(1, 'shutdown', [], [2, 3]);
    const none = (outcome: unknown, at: number) => operation(0, 'putMany', [[]], [at, at + 0.5], outcome);
    expect(isFine([put, none(undefined, 1.2), shut, none(shutDown, 4)], model)).toBe(true);
    expect(isFine([put, none(undefined, 2.2), shut, none(shutDown, 2.2)], model)).toBe(true);
    expect(isFine([put, shut, none(undefined, 4)], model)).toBe(false);
    expect(isFine([put, none(shutDown, 1.2), shut], model)).toBe(false);
    expect(isFine([put, none(full, 1.2)], model)).toBe(false);
    const told = Object.assign(named('QueueShutDown'), { accepted: 1 });
    expect(isFine([put, shut, none(told, 4)], model)).toBe(false);
    expect(isFine([put, shut, operation(0, 'putMany', [[]], [4, never])], model)).toBe(true);
  });

  it('is refused where it can be read only once, or not at all', () => {
    const check = (items: unknown) => isFine([operation(0, 'putMany', [items], [0, 1])]);
    expect(check(new Set([1]))).toBe(true);
    expect(() => check([1].values())).toThrow(/recorded with an iterator, .* record an array/);
    expect(() => check(7)).toThrow(/putMany takes the items of an iterable, .* not 7 \(number\)/);
  });

  it('stands in the verdict by its steps', () => {
    const verdict = checkLinearizable([batch(), got(2, 1)], bounded);
    expect((verdict as { message: string }).message).toBe(
      'No order of the 2 operations fits a FIFO queue. After\n  thread 0: put(1) → undefined [0, 9]\n' +
        'none of these can have been next:\n  thread 0: put(2) → undefined [0, 9]\n' +
        '  thread 1: get() → 2 [1, 1.5]',
    );
  });
});

describe('items that are objects', () => {
  const items = [[1, 'a'], { link: 'x' }, new Map([[1, new Date(0)]]), new Uint8Array([1, 2])];

  it.each(items.map((item) => [item]))('are compared by content: %j', (item) => {
    const history = (result: unknown): Operation[] => [
      operation(0, 'put', [item], [0, 1]),
      operation(0, 'get', [], [2, 3], result),
    ];
    for (const model of [fifoModel(), lifoModel(), priorityModel({ priority: () => 0 })]) {
      expect(checkLinearizable(history(structuredClone(item)), model).linearizable).toBe(true);
      expect(checkLinearizable(history({ another: 1 }), model).linearizable).toBe(false);
    }
    expect(checkFifoHistory(history(structuredClone(item))).linearizable).toBe(true);
    expect(checkFifoHistory(history({ another: 1 }))).toMatchObject({ reason: 'never-put' });
  });

  it('are also so in batches, and in messages', () => {
    const verdict = checkLinearizable(
      [
        operation(
          0,
          'putMany',
          [
            [
              [2, 'b'],
              [1, 'a'],
            ],
          ],
          [0, 1],
        ),
        operation(
          0,
          'getMany',
          [2],
          [2, 3],
          [
            [1, 'a'],
            [2, 'b'],
          ],
        ),
        operation(0, 'put', [{ a: 'x' }], [4, 5]),
        operation(0, 'get', [], [6, 7], { a: 'y' }),
      ],
      priorityModel({ priority: (item) => Number((item as number[])[0] ?? 0) }),
    );
    expect(verdict).toMatchObject({ order: [{}, {}, {}], stuck: [{}] });
    expect((verdict as { message: string }).message).toContain('get() → {"a":"y"} [6, 7]');
  });
});

describe('a queue model', () => {
  it.each([
    [{ maxsize: -1 }, /maxsize is a whole number from 0 to Infinity, not -1 \(number\)/],
    [{ maxsize: Number.NaN }, /maxsize is a whole number from 0 to Infinity, not NaN/],
    [{ maxsize: '1' }, /maxsize is a whole number from 0 to Infinity, not 1 \(string\)/],
    [{ maxSize: 1 }, /no option 'maxSize'; there are maxsize, priority/],
    [{ priority: 1 }, /priority is a function, not 1 \(number\)/],
    [1, /options are an object .* not 1/],
    [null, /options are an object .* not null/],
  ])('refuses the options %j', (options, message) => {
    for (const model of [fifoModel, lifoModel, priorityModel]) {
      expect(() => model(options as never)).toThrow(message);
    }
  });
});

describe('checkFifoHistory', () => {
  it.each([
    ['never-put', [operation(0, 'get', [], [0, 1], 1)]],
    [
      'got-twice',
      [
        operation(0, 'put', [1], [0, 1]),
        operation(0, 'get', [], [2, 3], 1),
        operation(1, 'get', [], [2, 4], 1),
      ],
    ],
    ['got-before-put', [operation(0, 'get', [], [0, 1], 1), operation(0, 'put', [1], [2, 3])]],
    [
      'order',
      [
        operation(0, 'put', [1], [0, 1]),
        operation(0, 'put', [2], [2, 3]),
        operation(1, 'get', [], [4, 5], 2),
      ],
    ],
    ['empty', [operation(0, 'put', [1], [0, 1]), operation(1, 'getNowait', [], [2, 3], empty)]],
    [
      'empty',
      [
        operation(0, 'put', [1], [0, 1]),
        operation(0, 'getNowait', [], [2, 20], empty),
        operation(1, 'put', [2], [3, 4]),
        operation(1, 'get', [], [5, 6], 1),
      ],
    ],
  ] as const)('finds %s', (reason, history) => {
    expect(checkFifoHistory(history)).toMatchObject({ linearizable: false, reason });
    expect(checkLinearizable(history, fifoModel()).linearizable).toBe(false);
  });

  it('refuses values that are not distinct', () => {
    expect(() =>
      checkFifoHistory([operation(0, 'put', [1], [0, 1]), operation(0, 'put', [1], [2, 3])]),
    ).toThrow(/1 was put twice/);
  });
});
