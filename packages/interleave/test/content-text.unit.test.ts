import { describe, expect, it } from 'vitest';
import { contentText } from '../src/linearizability/content-text.ts';

class Point {
  x = 1;
}

const cycle: unknown[] = [1];
cycle.push(cycle);
const other: unknown[] = [1];
other.push([other]);
const failure = (message: string, fields: object = {}, options?: ErrorOptions) =>
  Object.assign(new TypeError(message, options), fields);

/** Values of which no two have the same content. */
const different: readonly unknown[] = [
  ...[0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 1n, '1', '', 'null', null, undefined, true, false],
  ...['[]', [], [undefined], new Array(1), new Array(2), [null], [[]], [1, [2]], [[1], 2], ['1,2'], [1, 2]],
  ...[{}, { a: 1 }, { a: '1' }, { a: undefined }, { a: 1, b: 2 }, { 'a":1,"b': 2 }],
  ...[new Date(1), new Date(2), new Date(Number.NaN), /a/, /a/g, /b/],
  ...[new Map(), new Map([[1, 2]]), new Map([[2, 1]]), new Set(), new Set([1]), new Set(['1'])],
  ...[
    new ArrayBuffer(0),
    new ArrayBuffer(1),
    new Uint8Array([1]),
    new Int8Array([1]),
    new Uint8Array([1, 2]),
  ],
  ...[
    new BigInt64Array([1n]),
    new Float64Array([-0]),
    new Float64Array([0]),
    new DataView(new ArrayBuffer(1)),
  ],
  ...[
    new Error('a'),
    new Error('b'),
    failure('a'),
    failure('a', { code: 1 }),
    failure('a', {}, { cause: 1 }),
  ],
  ...[Object(1), Object('1'), Object(1n), Object(true)],
  ...[cycle, other],
];

describe('contentText', () => {
  it('tells different contents apart', () => {
    const texts = different.map(contentText);
    expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([]);
  });

  // Structured clones of errors lose their own properties, which queues carry.
  const cloned = different.filter((value) => !(value instanceof Error) || Object.keys(value).length === 0);
  it.each(cloned.map((value) => [contentText(value), value]))('is that of the copy: %s', (text, value) => {
    expect(contentText(structuredClone(value))).toBe(text);
    expect(contentText([value])).toBe(contentText([structuredClone(value)]));
  });

  it('goes by what a copy keeps: neither class, order of properties, nor what is one object', () => {
    expect(contentText(new Point())).toBe(contentText({ x: 1 }));
    expect(contentText(Buffer.from([7]))).toBe(contentText(new Uint8Array([7])));
    expect(contentText({ a: 1, b: 2 })).toBe(contentText({ b: 2, a: 1 }));
    const part = {};
    expect(contentText([part, part])).toBe(contentText([{}, {}]));
    expect(contentText(Object.create(null))).toBe('{}');
  });

  it('tells functions apart by identity', () => {
    const [first, second] = [0, 1].map(() => () => undefined);
    expect(contentText(first)).toBe(contentText(first));
    expect(contentText(first)).not.toBe(contentText(second));
  });
});
