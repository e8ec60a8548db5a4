import { describe, expect, it } from 'vitest';
import { decode, encode, roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { SHELL, TAG } from './format.ts';
import { difference } from './same-item.fixture.ts';

const travel = (value: unknown): unknown => roundTrip(anyCodec, value);
const expectSame = (value: unknown): void => {
  expect(difference(value, travel(value))).toBeUndefined();
};

const HOLE = Symbol('hole');
/** An array with holes where HOLE stands. */
function holed(...values: unknown[]): unknown[] {
  values.forEach((value, index) => {
    if (value === HOLE) delete values[index];
  });
  return values;
}

const sparse: unknown[] = [];
sparse[3] = 'three';
sparse[100] = null;
const trailingHoles: unknown[] = [1, 2];
trailingHoles.length = 5;
const huge: unknown[] = [];
huge[4_294_967_294] = 'last';
const holeAndField = Object.assign(holed(HOLE, 1), { x: 1 });
const longHoleAndField = Object.assign(holed(1, 2, 3, HOLE, 5, 6), { x: 1 });

// A literal with this flag is refused by the compiler for the language level of the sources.
const unicodeSets = 'v';

const EDGES: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  true: true,
  false: false,
  zero: 0,
  'minus zero': -0,
  127: 127,
  128: 128,
  'minus one': -1,
  'int32 max': 2 ** 31 - 1,
  'int32 min': -(2 ** 31),
  'beyond int32': 2 ** 31,
  NaN: Number.NaN,
  infinities: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  doubles: [0.1, Number.MIN_VALUE, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER],
  bigints: [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 63n) - 1n, 7n ** 5000n, -(7n ** 5000n)],
  'empty string': '',
  'latin1 C1 controls': '\x80\x85\x9f\xa0\xff',
  'string of 63': 'é'.repeat(63),
  'string of 64': 'é'.repeat(64),
  'ASCII string of 64': 'x'.repeat(64),
  'long ASCII': 'abc'.repeat(100_000),
  'long Latin 1': 'é'.repeat(1000),
  'long Japanese': '日本語'.repeat(1000),
  'emoji around every size': Array.from({ length: 140 }, (_, length) => '😀'.repeat(length)),
  'lone surrogates': ['\ud800', 'a\udc00b', '\udc00\ud800', '\ud800'.repeat(500), 'x'.repeat(300) + '\udfff'],
  'byte order mark': ['\ufeff', '\ufeff' + 'x'.repeat(200), '\ufffe'],
  'the replacement character': '\ufffd'.repeat(100),
  'NUL characters': '\0'.repeat(300),
  date: new Date(1_700_000_000_123),
  'invalid date': new Date(Number.NaN),
  regexps: [/a+b/giu, /[/\n]/y, new RegExp('\\p{L}', unicodeSets), /(?:)/],
  boxed: [Object(1), Object(-0), Object(''), Object('é'), Object(true), Object(false), Object(5n)],
  map: new Map<unknown, unknown>([
    [{ k: 1 }, [1]],
    [Number.NaN, 1],
    ['a', new Map()],
  ]),
  set: new Set<unknown>([1, 'a', null, { a: 1 }, new Set()]),
  'empty array': [],
  arrays: [[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5], [[[]]]],
  'array of undefined': [undefined, undefined, undefined, undefined, undefined, undefined],
  'one hole': holed(1, HOLE, 3),
  'only a hole': holed(HOLE),
  sparse,
  'trailing holes': trailingHoles,
  'a hole and a field': holeAndField,
  'a longer hole and a field': longHoleAndField,
  'array with fields': Object.assign([1, 2], { index: 0, input: 'x' }),
  'array with a __proto__ field': Object.defineProperty([1], '__proto__', {
    value: 2,
    enumerable: true,
    writable: true,
    configurable: true,
  }),
  'match of a regexp': /b(c)/.exec('abc'),
  'the longest array': huge,
  'object of 6': { id: 1, url: 'u', width: 2, height: 3, title: 't', ok: true },
  'integer-like keys': { 2: 'b', 1: 'a', x: 1, '-1': 2, '01': 3 },
  'odd keys': { '': 1, 'a b': 2, é: 3, 日本: 4, '\ud800': 5, ['k'.repeat(100)]: 6, length: 7 },
  'own __proto__': JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": null}'),
  'own toStringTag': { [Symbol.toStringTag]: 'Thing', a: 1 },
  buffer: Uint8Array.of(1, 2, 3).buffer,
  'empty buffer': new ArrayBuffer(0),
  views: [
    Uint8Array.of(1, 255),
    Int8Array.of(-1),
    Uint8ClampedArray.of(300),
    Int16Array.of(-2),
    Uint16Array.of(65535),
    Int32Array.of(-3),
    Uint32Array.of(2 ** 32 - 1),
    Float32Array.of(1.5),
    Float64Array.of(-0, Number.NaN),
    BigInt64Array.of(-1n),
    BigUint64Array.of(2n ** 64n - 1n),
    new DataView(new ArrayBuffer(9), 1, 7),
    new Uint8Array(),
  ],
  'a window on a buffer': new Uint16Array(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer, 2, 2),
};

describe('codec any', () => {
  it.each(Object.keys(EDGES))('carries %s', (name) => {
    if (name === 'own toStringTag') {
      expect(travel(EDGES[name])).toEqual({ a: 1 });
      return;
    }
    if (name === 'the longest array') {
      const back = travel(huge) as unknown[];
      expect(back.length).toBe(4_294_967_295);
      expect(Object.keys(back)).toEqual(['4294967294']);
      return;
    }
    expectSame(EDGES[name]);
  });

  it('carries all of these in one item, and one after the other through one codec', () => {
    const { 'own toStringTag': _tag, 'the longest array': _huge, ...rest } = EDGES;
    expectSame(rest);
    expectSame(rest);
  });

  it('starts a RegExp at 0, as structuredClone does', () => {
    const sticky = /a/g;
    sticky.exec('aa');
    expect((travel(sticky) as RegExp).lastIndex).toBe(0);
  });

  it('keeps shared references shared and cycles closed', () => {
    const shared = { a: 1 };
    const item: Record<string, unknown> = {
      first: shared,
      list: [shared, shared],
      map: new Map([[shared, 1]]),
    };
    item['self'] = item;
    const array: unknown[] = [item];
    array.push(array);
    item['array'] = array;
    const error = new Error('round');
    error.cause = { error, item };
    item['error'] = error;
    expectSame(item);
    expectSame(Array.from({ length: 40 }, () => [shared, item, { item }]));
  });

  it('keeps views of one buffer on one buffer', () => {
    const buffer = new ArrayBuffer(16);
    const item = {
      a: new Uint8Array(buffer, 4, 4),
      b: new Float64Array(buffer),
      buffer,
      c: new DataView(buffer),
    };
    expectSame(item);
    const back = travel(item) as typeof item;
    back.b[0] = 1.5;
    expect(back.c.getFloat64(0, true)).toBe(1.5);
  });

  it('keeps a resizable buffer resizable, and views that follow its length', () => {
    const buffer = new ArrayBuffer(8, { maxByteLength: 32 });
    const item = { buffer, follows: new Uint8Array(buffer, 4), fixed: new Uint8Array(buffer, 0, 4) };
    expectSame(item);
    const back = travel(item) as typeof item;
    back.buffer.resize(32);
    expect([back.follows.length, back.fixed.length]).toEqual([28, 4]);
  });

  it.each([9, 15, 5])(
    'keeps views that follow the length of a buffer of %i bytes, by whole elements',
    (length) => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 32 });
      const item = {
        fixed: new Uint8Array(buffer, 0, 4),
        follows: new Float64Array(buffer),
        part: new Uint16Array(buffer, 2),
        data: new DataView(buffer, 1),
      };
      buffer.resize(length);
      new Uint8Array(buffer).set(Array.from({ length }, (_, index) => index + 1));
      expectSame(item);
      const back = travel(item) as typeof item;
      (back.follows.buffer as ArrayBuffer).resize(32);
      expect(back.follows.length).toBe(4);
      expect(back.part.length).toBe(15);
      expect(back.data.byteLength).toBe(31);
      expect(back.fixed.length).toBe(4);
    },
  );

  it('takes only the bytes of a Buffer along, not its pool', () => {
    const small = Buffer.from('hello');
    expect(small.buffer.byteLength).toBeGreaterThan(1000);
    const bytes = encode(anyCodec, [small, small, { a: small }]);
    expect(bytes.length).toBeLessThan(40);
    const [one, two, three] = decode(anyCodec, bytes) as [Uint8Array, Uint8Array, { a: Uint8Array }];
    expect(Object.getPrototypeOf(one)).toBe(Uint8Array.prototype);
    expect([...one]).toEqual([...small]);
    expect(one.buffer.byteLength).toBe(5);
    expect(two).toBe(one);
    expect(three.a).toBe(one);
  });

  it('gives a Buffer that is a part of a buffer one of its own, where other views share theirs', () => {
    const buffer = new ArrayBuffer(16);
    const item = [
      new Uint8Array(buffer, 4),
      new DataView(buffer),
      Buffer.from(buffer),
      Buffer.from(buffer, 4, 2),
    ];
    const [bytes, view, whole, part] = travel(item) as Uint8Array[];
    expect(view!.buffer).toBe(bytes!.buffer);
    expect(whole!.buffer).toBe(bytes!.buffer);
    expect(part!.buffer).not.toBe(bytes!.buffer);
    expect([part!.byteOffset, part!.buffer.byteLength]).toEqual([0, 2]);
  });

  it('counts objects alike on both sides after a pooled Buffer', () => {
    const later = { a: 1 };
    const [, first, second] = travel([Buffer.from('x'), later, later]) as unknown[];
    expect(first).toEqual({ a: 1 });
    expect(second).toBe(first);
  });

  it('carries Float16Array where the engine has it, and says so where not', () => {
    const { Float16Array } = globalThis as { Float16Array?: new (values: number[]) => ArrayBufferView };
    if (Float16Array !== undefined) expectSame(new Float16Array([1.5, -0]));
    const bytes = encode(anyCodec, Int16Array.of(1));
    bytes[1] = 12;
    if (Float16Array === undefined) expect(() => decode(anyCodec, bytes)).toThrow(/no Float16Array/);
    else expect(decode(anyCodec, bytes)).toBeInstanceOf(Float16Array);
  });

  it('turns class instances and null-prototype objects into plain ones, as structuredClone does', () => {
    class Point {
      x = 1;
      #secret = 2;
      get secret() {
        return this.#secret;
      }
      get [Symbol.toStringTag]() {
        return 'Point';
      }
    }
    expect(difference({ x: 1 }, travel(new Point()))).toBeUndefined();
    const bare = Object.assign(Object.create(null), { a: 1, [Symbol('s')]: 2 });
    expect(difference({ a: 1 }, travel(bare))).toBeUndefined();
    expect(difference({ b: 1 }, travel(Object.assign(Object.create({ a: 1 }), { b: 1 })))).toBeUndefined();
  });

  it('carries subclasses of built-in classes as the built-in class', () => {
    class List extends Array<number> {}
    class Dictionary extends Map<string, number> {
      override get size(): number {
        throw new Error('overridden');
      }
    }
    class Bytes extends Uint8Array {}
    expect(difference([1, 2], travel(List.of(1, 2)))).toBeUndefined();
    expect(difference(new Map([['a', 1]]), travel(new Dictionary([['a', 1]])))).toBeUndefined();
    expect(difference(Uint8Array.of(7), travel(Bytes.of(7)))).toBeUndefined();
  });

  it('runs user code between reads: a getter may put an item itself', () => {
    const item = {
      a: 'before',
      get b() {
        return travel({ nested: ['x', { deep: true }] });
      },
      c: ['after'],
    };
    expect(travel(item)).toEqual({ a: 'before', b: { nested: ['x', { deep: true }] }, c: ['after'] });
  });

  it.each([1, 95, 96, 97, 200, 100_000])(
    'carries %i levels of nesting',
    (levels) => {
      const makers: ((inner: unknown) => unknown)[] = [
        (inner) => [inner],
        (inner) => ({ next: inner }),
        (inner) => new Map([[inner, inner]]),
        (inner) => new Set([inner, 1]),
        (inner) => Object.assign(holed(1, HOLE, inner), { field: inner }),
        (inner) => holed(HOLE, inner, HOLE),
      ];
      let mixed: unknown = 'core';
      for (let i = 0; i < levels; i++) mixed = makers[i % makers.length]!(mixed);
      expectSame(mixed);
      let list: { next?: unknown } = {};
      const last = list;
      for (let i = 0; i < levels; i++) list = { next: list };
      last.next = list;
      expectSame(list);
      // Comparing 100,000 levels takes seconds where the processors are shared.
    },
    60_000,
  );

  it('carries long chains of causes', () => {
    let error = new Error('0');
    for (let i = 1; i < 500; i++) error = new TypeError(String(i), { cause: error });
    expectSame(error);
  });

  it('takes no contents for a deferred object of another kind', () => {
    const shells = [SHELL.object, SHELL.array, SHELL.map, SHELL.set, SHELL.error];
    const contents = [
      [TAG.object, 0],
      [TAG.array, 0],
      [TAG.map, 0],
      [TAG.set, 0],
      [TAG.error, 0, 0, 0],
    ];
    shells.forEach((shell, at) => {
      contents.forEach((content, other) => {
        const bytes = Uint8Array.of(TAG.deferred, shell, ...content);
        if (at === other) expect(decode(anyCodec, bytes)).toBeInstanceOf(Object);
        else expect(() => decode(anyCodec, bytes), `${shell} ${content}`).toThrow('corrupt');
      });
    });
  });
});
