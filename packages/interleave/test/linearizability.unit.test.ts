import { describe, expect, it } from 'vitest';
import {
  checkFifoHistory,
  checkLinearizable,
  fifoModel,
  lifoModel,
  type Operation,
  priorityModel,
  type QueueModelOptions,
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
