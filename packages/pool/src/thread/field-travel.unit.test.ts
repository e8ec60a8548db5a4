import { BlockList, SocketAddress } from 'node:net';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadInContext } from '../../../sync/test/fixtures/in-context.ts';
import { Counter } from '../../test/fixtures/counter.ts';
import { everything } from '../../test/fixtures/travelling.ts';
import { ThreadFieldError } from './errors.ts';
import { packFields, UnknownSharedObject, unpackFields } from './field-travel.ts';

/** As through a message to another thread. */
const travel = (fields: object) => unpackFields(structuredClone(packFields(fields)));

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const detached = (): ArrayBuffer => {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};

/** An array over a buffer that is gone. */
const detachedView = (): Uint8Array => {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};

const detachedDataView = (): DataView => {
  const view = new DataView(new ArrayBuffer(8));
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};

const fails = (): never => {
  throw new RangeError('no look');
};

function failureOf(fields: object): ThreadFieldError {
  try {
    packFields(fields);
  } catch (error) {
    expect(error).toBeInstanceOf(ThreadFieldError);
    return error as ThreadFieldError;
  }
  throw new Error('it travelled');
}

describe('fields', () => {
  it.each<[string, (inner: unknown) => unknown, (outer: never) => unknown]>([
    ['objects', (inner) => ({ inner }), ({ inner }: { inner: unknown }) => inner],
    ['arrays', (inner) => [inner], ([inner]: [unknown]) => inner],
    ['Maps', (inner) => new Map([[inner, 1]]), (outer: Map<unknown, 1>) => [...outer.keys()][0]],
    ['Sets', (inner) => new Set([inner]), (outer: Set<unknown>) => [...outer][0]],
  ])('arrive if their %s lie up to 500 levels deep, and are named if deeper', async (_, wrap, unwrap) => {
    const counter = new Counter();
    let value: unknown = counter;
    for (let level = 1; level < 500; level++) value = wrap(value);
    let { value: arrived } = await travel({ value });
    // Level by level: a comparison of the whole takes more stack than there may be.
    for (let level = 1; level < 500; level++) arrived = unwrap(arrived as never);
    expect(arrived).toBeInstanceOf(Counter);
    counter.add(7);
    expect((arrived as Counter).get()).toBe(7);
    const error = failureOf({ deep: wrap(value) });
    expect(error.path).toMatch(/^deep.{56}\.\.\.$/);
    expect(error.why).toContain('more than 500 levels deep');
  });

  it('arrive as they were', async () => {
    const fields = {
      nothing: undefined,
      none: null,
      minusZero: -0,
      big: 2n ** 70n,
      text: 'ä\u{1F600}',
      date: new Date(7),
      pattern: /a+/gi,
      bytes: new Uint16Array([1, 2]),
      buffer: new Uint8Array([3]).buffer,
      error: new RangeError('x'),
      // biome-ignore lint/suspicious/noSparseArray: holes are what is tested.
      sparse: [1, , 3],
      map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 2])]]),
      bare: Object.assign(Object.create(null), { a: 1 }),
      shared: new Int32Array(new SharedArrayBuffer(4)),
    };
    expect(await travel(fields)).toEqual({ ...fields, bare: { a: 1 } });
    expect(1 in ((await travel(fields))['sparse'] as unknown[])).toBe(false);
  });

  it('keep cycles and shared references', async () => {
    const inner: Record<string, unknown> = {};
    inner['self'] = inner;
    const arrived = await travel({ one: inner, two: [inner] });
    const one = arrived['one'] as Record<string, unknown>;
    expect(one['self']).toBe(one);
    expect((arrived['two'] as unknown[])[0]).toBe(one);
  });

  it('that are errors which lead to each other still do', async () => {
    const first = new Error('first');
    const second = Object.assign(new TypeError('second', { cause: first }), { earlier: [first] });
    first.cause = second;
    const arrived = (await travel({ second, first, list: [first] })) as Record<'first' | 'second', Error> & {
      list: Error[];
    };
    expect(arrived.first.message).toBe('first');
    expect(arrived.second.cause).toBe(arrived.first);
    expect(arrived.first.cause).toBe(arrived.second);
    expect((arrived.second as typeof second).earlier[0]).toBe(arrived.first);
    expect(arrived.list[0]).toBe(arrived.first);
  });

  it('that are errors arrive with class, name, cause and fields of their own, and once', async () => {
    const cause = new DOMException('out of time', 'TimeoutError');
    const error = Object.assign(new RangeError('x', { cause }), { name: 'MyError', code: 'E_MINE' });
    const arrived = await travel({ error, list: [new Map([['error', error]])], counter: new Counter() });
    expect(arrived['error']).toBeInstanceOf(RangeError);
    expect(arrived['error']).toMatchObject({ name: 'MyError', message: 'x', code: 'E_MINE' });
    expect(arrived['error']).toHaveProperty('stack', error.stack);
    const travelled = (arrived['error'] as Error).cause as DOMException;
    expect(travelled).toBeInstanceOf(DOMException);
    expect([travelled.name, travelled.code]).toEqual(['TimeoutError', cause.code]);
    expect((arrived['list'] as Map<string, unknown>[])[0]!.get('error')).toBe(arrived['error']);
  });

  it('attach to shared objects inside plain objects, arrays, Maps and Sets', async () => {
    const [a, b, c] = [new Counter(), new Counter(), new Counter()];
    const arrived = await travel({
      a,
      list: [{ a }],
      map: new Map([[b, 'b'], ['c', c] as never]),
      set: new Set([c]),
    });
    (arrived['a'] as Counter).add(1);
    const [key] = (arrived['map'] as Map<Counter, string>).keys();
    key!.add(2);
    const [only] = arrived['set'] as Set<Counter>;
    only!.add(3);
    expect([a.get(), b.get(), c.get()]).toEqual([1, 2, 3]);
    expect((arrived['list'] as { a: unknown }[])[0]!.a).toBe(arrived['a']);
    expect((arrived['map'] as Map<string, unknown>).get('c')).toBe(only);
  });

  it('leave what they were packed from as it was', () => {
    const list = [new Counter()];
    const fields = { list };
    packFields(fields);
    expect(fields.list).toBe(list);
    expect(list[0]).toBeInstanceOf(Counter);
  });

  it('do not take an empty object for a shared one', async () => {
    expect(await travel({ a: {}, counter: new Counter() })).toMatchObject({ a: {} });
  });

  it.each<[string, unknown, string]>([
    ['a function', { deep: { list: [1, () => 2] } }, 'field.deep.list[1]'],
    ['a symbol', [Symbol('s')], 'field[0]'],
    ['a WeakMap', { cache: new WeakMap() }, 'field.cache'],
    ['a promise', Promise.resolve(), 'field'],
    ['a value of a Map', new Map([['key', () => 1]]), 'field.get("key")'],
    ['a member of a Set', new Set([1, () => 1]), 'field.values()[1]'],
    ['an object of a class', { at: new (class Point {})() }, 'field.at'],
    ['an array of a class', { at: [new (class List extends Array {})(3)] }, 'field.at[0]'],
    ['a URL', new URL('http://localhost/'), 'field'],
    ['a name that is a symbol', { [Symbol.for('s')]: 1 }, 'field.[Symbol(s)]'],
    ['a port that is not transferred', new MessageChannel().port1, 'field'],
    ['a getter that throws', Object.defineProperty({}, 'at', { get: fails, enumerable: true }), 'field.at'],
    ['one in an array', Object.defineProperty([1], 1, { get: fails, enumerable: true }), 'field[1]'],
    ['a revoked proxy', revoked(), 'field'],
    ['a revoked proxy further down', new Map([['key', [revoked()]]]), 'field.get("key")[0]'],
    ['a proxy that does not tell its keys', { at: [new Proxy({}, { ownKeys: fails })] }, 'field.at[0]'],
    ['a detached buffer', { deep: [detached()] }, 'field.deep[0]'],
    ['a view of one', { deep: [detachedView()] }, 'field.deep[0]'],
  ])('that cannot travel are named: %s', (_, field, path) => {
    const error = failureOf({ field });
    expect(error.path).toBe(path);
    expect(error.message).toContain(`'${path}'`);
  });

  it.each([
    ['buffer', detached()],
    ['typed array', detachedView()],
    ['DataView', detachedDataView()],
  ])('say of a %s that was moved before that its bytes are gone', (_, field) => {
    const error = failureOf({ field });
    expect(error.path).toBe('field');
    expect(error.why).toMatch(/ has no bytes any more, as its buffer was moved to another thread/);
  });

  it('name themselves when they are the object that travels', () => {
    const instance: Record<string, unknown> = {};
    instance['box'] = { list: [instance] };
    const error = failureOf(instance);
    expect(error.path).toBe('box.list[0]');
    expect(error.message).toContain("use 'this'");
  });

  it('that throw at a look keep what they threw as the cause', () => {
    const error = failureOf(Object.defineProperty({}, 'at', { get: fails, enumerable: true }));
    expect(error.path).toBe('at');
    expect(error.message).toContain("looking at it threw 'no look'");
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  it('of no bytes arrive', async () => {
    const fields = { buffer: new ArrayBuffer(0), shared: new SharedArrayBuffer(0), view: new Uint16Array(0) };
    expect(await travel(fields)).toEqual(fields);
    expect(await travel({ node: Buffer.alloc(0) })).toEqual({ node: new Uint8Array(0) });
  });

  it('of classes of Node that structured clone carries arrive as objects of these', async () => {
    const list = new BlockList();
    list.addAddress('192.0.2.7');
    const address = new SocketAddress({ address: '192.0.2.7', port: 5 });
    const arrived = (await travel({ deep: [list], address })) as {
      deep: [BlockList];
      address: SocketAddress;
    };
    expect(arrived.deep[0]).toBeInstanceOf(BlockList);
    expect(arrived.deep[0].check('192.0.2.7')).toBe(true);
    expect(arrived.address).toBeInstanceOf(SocketAddress);
    expect(arrived.address.port).toBe(5);
  });

  it('that are bytes of a class arrive as what that class extends', async () => {
    class Vector extends Float32Array {}
    const { vector, buffer } = await travel({ vector: new Vector([1, 2]), buffer: Buffer.from('x') });
    expect(Object.getPrototypeOf(vector)).toBe(Float32Array.prototype);
    expect([...(vector as Float32Array)]).toEqual([1, 2]);
    expect(Object.getPrototypeOf(buffer)).toBe(Uint8Array.prototype);
  });

  it('that were moved before are named, though they are to be moved', () => {
    const buffer = detached();
    expect(() => packFields({ deep: [buffer] }, [buffer])).toThrow("'deep[0]'");
  });

  it('may be moved instead of copied', () => {
    const { port1 } = new MessageChannel();
    const { fields } = packFields({ port1 }, [port1]);
    expect(fields['port1']).toBe(port1);
    port1.close();
  });

  it('of a class that is unknown in the thread are named', async () => {
    const packed = packFields({ deep: [new Counter()] });
    const [first] = packed.placeholders;
    const stranger = { ...(first as object), handle: { '@pkg/sync.kind': 'nobody.Knows' } } as never;
    const arriving = unpackFields({ ...packed, placeholders: [stranger] });
    await expect(arriving).rejects.toThrow(UnknownSharedObject);
    await expect(arriving).rejects.toMatchObject({
      path: 'deep[0]',
      message: expect.stringContaining("'nobody.Knows'"),
    });
  });

  it('called __proto__ are fields like others', async () => {
    const arrived = await travel(JSON.parse('{"__proto__": {"a": 1}}'));
    expect(Object.getOwnPropertyNames(arrived)).toEqual(['__proto__']);
  });
});

describe('in another realm than that of messages', () => {
  const url = new URL('../../test/fixtures/travelling.ts', import.meta.url);
  const there = loadInContext<typeof import('../../test/fixtures/travelling.ts')>(url, [
    '@pkg/pool',
    '@pkg/queue',
  ]);

  /** That all places of `counter` in what has arrived are of the same memory, and the rest is as it was. */
  function expectEverything(arrived: Record<string, unknown>, counter: Counter): void {
    const [key, [inMap]] = [...(arrived['map'] as Map<Counter, [Counter]>)][0]!;
    const [inSet] = arrived['set'] as Set<Counter>;
    const { counter: inObject } = arrived['object'] as { counter: Counter };
    const places = [inObject, (arrived['list'] as Counter[])[0]!, key, inMap, inSet!];
    counter.add(7);
    expect(places.map((place) => place.get())).toEqual(places.map(() => counter.get()));
    expect(Number(arrived['date'])).toBe(5);
    expect(arrived['error']).toMatchObject({ name: 'RangeError', message: 'far' });
    expect(arrived['reason']).toBeInstanceOf(DOMException);
    expect(arrived['reason']).toMatchObject({ name: 'AbortError', code: DOMException.ABORT_ERR });
  }

  it('made, fields arrive with all that is in them', async () => {
    const counter = new Counter();
    expectEverything(await travel(there.everything(counter as never)), counter);
    const { inner } = await travel({ inner: there.everything(counter as never) });
    expectEverything(inner as Record<string, unknown>, counter);
  });

  it('packed and unpacked, they do, of whichever realm they are', async () => {
    const counter = new there.Counter();
    for (const fields of [everything(counter as never), there.everything(counter)]) {
      const arrived = await there.unpackFields(structuredClone(there.packFields(fields)));
      expectEverything(arrived, counter as never);
      expect((arrived['list'] as unknown[])[0]).toBeInstanceOf(there.Counter);
    }
  });

  it.each([
    ['an object of a class', 'new (class Point {})()'],
    [
      'an object of a class without ancestors',
      'Object.setPrototypeOf({}, (class Bare extends null {}).prototype)',
    ],
    ['an array of a class', 'new (class List extends Array {})(3)'],
    ['a Map of a class', 'new (class Cache extends Map {})()'],
    ['a Set of a class', 'new (class Bag extends Set {})()'],
    ['a Date of a class', 'new (class Day extends Date {})()'],
    ['a promise', 'Promise.resolve()'],
  ])('made, what cannot travel is named: %s', (_, code) => {
    expect(failureOf({ at: [runInNewContext(code)] }).path).toBe('at[0]');
  });
});

it('a placeholder that is not among the fields is told of', () => {
  const { fields, placeholders } = packFields({ counter: new Counter() });
  expect(() => unpackFields({ fields: structuredClone(fields), placeholders })).toThrow("'counter'");
});
