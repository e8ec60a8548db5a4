import { describe, expect, it } from 'vitest';
import { explore, scenario } from '../src/index.ts';
import { words } from './words.ts';

class Full extends Error {}
class Empty extends Error {}
class Pair extends Array {}
const key = Symbol('state');
const hidden = (value: number) => Object.defineProperty({}, 'state', { value });
const bare = () => Object.create(null) as object;
const once = {};

/** Two outcomes that a check can tell apart, and what tells that it is the second. */
const outcomes: [string, unknown, unknown, (outcome: never) => boolean][] = [
  ['the class of an error', new Empty('no'), new Full('no'), (error) => (error as Error) instanceof Full],
  [
    'a field of an error',
    new Error('no'),
    hiddenIn(new Error('no')),
    (error: { state?: 1 }) => error.state === 1,
  ],
  ['a symbol', {}, { [key]: 1 }, (object: { [key]?: 1 }) => object[key] === 1],
  ['a symbol of an array', [], Object.assign([], { [key]: 1 }), (array: { [key]?: 1 }) => array[key] === 1],
  ['what is not enumerable', hidden(1), hidden(2), (object: { state: number }) => object.state === 2],
  ['the prototype', {}, bare(), (object) => Object.getPrototypeOf(object) === null],
  ['the class of an array', [], new Pair(), (array) => (array as unknown[]) instanceof Pair],
  ['an object that is there twice', [{}, {}], [once, once], (pair: object[]) => pair[0] === pair[1]],
  [
    'fields of a typed array',
    Object.assign(new Uint8Array(1), { state: 1 }),
    Object.assign(new Uint8Array(1), { state: 2 }),
    (array: { state?: number }) => array.state === 2,
  ],
];

function hiddenIn(error: Error): Error {
  return Object.defineProperty(error, 'state', { value: 1 });
}

type Context = { readonly word: Int32Array };

const either = ({ word }: Context, first: unknown, second: unknown) =>
  Atomics.load(word, 0) === 0 ? first : second;
const change = ({ word }: Context) => void Atomics.store(word, 0, 1);

describe.each(outcomes)('outcomes that differ in %s', (_, first, second, isSecond) => {
  const bothOrders: [string, unknown, unknown, (outcome: never) => boolean][] = [
    ['the second', first, second, isSecond],
    ['the first', second, first, (outcome) => !isSecond(outcome)],
  ];

  it.each(bothOrders)('are judged apart as results: %s', (_, early, late, isLate) => {
    const subject = scenario<Context>({
      name: 'results',
      setup: () => ({ word: words(1) }),
      threads: [(context) => either(context, early, late), change],
      check: ({ results }) => !isLate(results[0] as never),
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('check');
  });

  it.each(bothOrders)('are judged apart as what an operation throws: %s', (_, early, late, isLate) => {
    const subject = scenario<Context>({
      name: 'operations',
      setup: () => ({ word: words(1) }),
      threads: [
        (context, thread) => {
          try {
            thread.call('read', [], () => {
              throw either(context, early, late);
            });
          } catch (error) {
            if (error !== early && error !== late) throw error;
          }
        },
        change,
      ],
      check: ({ history }) => !isLate(history[0]?.error as never),
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('check');
  });
});

it('outcomes of the same content are judged once', () => {
  const seen: unknown[] = [];
  const outcome = () => [1, 'two', { three: [3n, new Full('four'), new Uint8Array(5)] }];
  const subject = scenario<Context>({
    name: 'alike',
    setup: () => ({ word: words(1) }),
    threads: [(context) => either(context, outcome(), outcome()), change],
    check: ({ results }) => void seen.push(results[0]),
  });
  expect(explore(subject).complete).toBe(true);
  expect(seen).toHaveLength(1);
});
