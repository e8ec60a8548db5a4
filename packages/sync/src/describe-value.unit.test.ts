import { describe, expect, it } from 'vitest';
import { describeValue } from './describe-value.ts';
import { Semaphore } from './semaphore.ts';
import { deadlineOf } from './timeout.ts';

class Point {}
const revoked = <T extends object>(target: T): T => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

describe('describeValue', () => {
  const cases: [unknown, string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [-0, 'the number -0'],
    ['"5"', 'the string "\\"5\\""'],
    ['x'.repeat(200), `the string "${'x'.repeat(59)}…`],
    [7n, 'the bigint 7n'],
    [10n ** 100n, 'a large bigint'],
    [Symbol('s'), 'the symbol Symbol(s)'],
    [[1, 2], 'an Array of length 2'],
    [new Map(), 'a Map'],
    [new Error('no'), 'an Error'],
    [new Point(), 'a Point'],
    [Point, 'the class Point'],
    [Math.max, 'the function max'],
    [() => 1, 'a function'],
    [Object.create(null), 'an object'],
    [
      {
        toString: () => {
          throw new Error('never called');
        },
      },
      'an Object',
    ],
    [revoked({}), 'a proxy'],
    [revoked([]), 'a proxy'],
    [revoked(Math.max), 'a proxy of a function'],
    [
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('trapped');
          },
        },
      ),
      'a proxy',
    ],
  ];

  // By their texts: a revoked proxy cannot be shown.
  it.each(cases.map(([value, text]) => ({ text, describe: () => describeValue(value) })))('$text', (each) => {
    expect(each.describe()).toBe(each.text);
  });

  it('is what errors name a bad argument by, also one that cannot become a string', () => {
    expect(() => new Semaphore(Object.create(null))).toThrow(
      'must be a whole number from 0 to 2147483647, not an object',
    );
    expect(() => deadlineOf(Object.create(null))).toThrow('or undefined, not an object');
  });
});
