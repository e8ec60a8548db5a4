import { createECDH } from 'node:crypto';
import { open, opendir } from 'node:fs/promises';
import { BlockList, SocketAddress } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { runInNewContext } from 'node:vm';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../byte-writer.ts';
import { QueueCodecError } from '../queue-codec-error.ts';
import { roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { difference } from './same-item.fixture.ts';

/** The error of an item that must be refused; checks that the writer is as before. */
function refused(item: unknown): QueueCodecError {
  const writer = new ByteWriter();
  writer.int32(7);
  let thrown: unknown;
  try {
    anyCodec.encode(item, writer);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(QueueCodecError);
  expect(writer.length).toBe(4);
  expect(writer.words[0]).toBe(7);
  const error = thrown as QueueCodecError;
  expect(error.code).toBe('QUEUE_CODEC');
  expect(error.message).toContain(error.path);
  return error;
}

class Shared {
  [Symbol.for('@pkg/sync.handle')]() {
    return {};
  }
}
function* generator() {
  yield 1;
}
async function* asyncGenerator() {
  yield 1;
}
const never = new Promise<void>(() => {});

const UNCARRIABLE: Record<string, unknown> = {
  'a function': () => 1,
  'a class': Shared,
  'a symbol': Symbol('s'),
  'a boxed symbol': Object(Symbol('s')),
  'a WeakMap': new WeakMap(),
  'a WeakSet': new WeakSet(),
  'a WeakRef': new WeakRef({}),
  'a FinalizationRegistry': new FinalizationRegistry(() => {}),
  'a Promise': never,
  'a SharedArrayBuffer': new SharedArrayBuffer(8),
  'a growable SharedArrayBuffer': new SharedArrayBuffer(8, { maxByteLength: 16 }),
  'a view over a SharedArrayBuffer': new Int32Array(new SharedArrayBuffer(8)),
  'a DataView over a SharedArrayBuffer': new DataView(new SharedArrayBuffer(8)),
  'a Buffer over a SharedArrayBuffer': Buffer.from(new SharedArrayBuffer(8), 0, 4),
  'a shared object': new Shared(),
  'a plain shared object': { [Symbol.for('@pkg/sync.handle')]: () => ({}) },
  'a generator': generator(),
  'an async generator': asyncGenerator(),
  'an iterator': [1].values(),
  'a Map iterator': new Map().entries(),
  'a ReadableStream': new ReadableStream(),
  'a Blob': new Blob(['x']),
  'a URL': new URL('http://localhost/'),
  'an AbortSignal': new AbortController().signal,
  Headers: new Headers(),
  'a WebAssembly.Memory': new WebAssembly.Memory({ initial: 1 }),
  'a WebAssembly.Module': new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  'an Intl.DateTimeFormat': new Intl.DateTimeFormat('en'),
  'a BlockList': new BlockList(),
  'a SocketAddress': new SocketAddress({}),
  'a Histogram': createHistogram(),
};

describe('codec any refuses', () => {
  it.each(Object.keys(UNCARRIABLE))('%s, wherever it is', (name) => {
    const value = UNCARRIABLE[name];
    expect(refused(value).path).toBe('item');
    expect(refused({ options: { 'on-done': [1, 2, 3, value] } }).path).toBe('item.options["on-done"][3]');
    expect(refused([{ a: 'x' }, value]).path).toBe('item[1]');
    expect(refused(new Map([['key', { value }]])).path).toBe('item.get("key").value');
    expect(refused(new Map([[{ value }, 1]])).path).toBe('item.keys()[0].value');
    expect(refused(new Set([1, value])).path).toBe('item.values()[1]');
    expect(refused(new Error('x', { cause: { value } })).path).toBe('item.cause.value');
    expect(refused(new AggregateError([1, value])).path).toBe('item.errors[1]');
    expect(refused(Object.assign(new Error('x'), { value })).path).toBe('item.value');
    expect(refused(Object.assign([1], { value })).path).toBe('item.value');
    // What went before must not linger.
    expect(difference({ a: [1] }, roundTrip(anyCodec, { a: [1] }))).toBeUndefined();
  });

  it('what Node keeps under a symbol, and not what users keep there', async () => {
    const curve = createECDH('secp256k1');
    curve.generateKeys();
    expect(refused({ curve }).path).toBe('item.curve');
    const directory = await opendir(import.meta.dirname);
    expect(refused([directory]).path).toBe('item[0]');
    await directory.close();
    const [cache, ofAnotherRealm]: [symbol, symbol] = [Symbol('cache'), Symbol('of another realm')];
    class Cached {
      name = 'a';
      constructor() {
        Object.assign(this, { [cache]: new Map(), [ofAnotherRealm]: runInNewContext('new Map()') });
      }
    }
    expect(roundTrip(anyCodec, new Cached())).toEqual({ name: 'a' });
  });

  it('handles to resources of the system', async () => {
    const { port1, port2 } = new MessageChannel();
    port1.close();
    port2.close();
    expect(refused({ port1 }).path).toBe('item.port1');
    const file = await open(new URL(import.meta.url));
    try {
      expect(refused([file]).path).toBe('item[0]');
    } finally {
      await file.close();
    }
    const worker = new Worker('', { eval: true });
    try {
      expect(refused({ worker }).path).toMatch(/^item\.worker/);
    } finally {
      await worker.terminate();
    }
  });

  it('a detached buffer and views that lost theirs', () => {
    const buffer = new ArrayBuffer(8);
    const view = new Uint8Array(buffer, 2);
    const dataView = new DataView(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(refused({ buffer }).path).toBe('item.buffer');
    expect(refused({ view }).path).toBe('item.view');
    expect(refused({ dataView }).path).toBe('item.dataView');
    const resizable = new ArrayBuffer(8, { maxByteLength: 8 });
    const lost = new Uint8Array(resizable, 4, 4);
    resizable.resize(2);
    expect(refused({ lost }).path).toBe('item.lost');
  });

  it('what throws while it is read, and tells why', () => {
    const cause = new Error('not now');
    const item = {
      list: [
        {
          get broken() {
            throw cause;
          },
        },
      ],
    };
    const error = refused(item);
    expect(error.path).toBe('item.list[0].broken');
    expect(error.cause).toBe(cause);
    expect(error.message).toContain('not now');
    expect(refused({ proxy: new Proxy({}, { ownKeys: () => [1] as never }) }).cause).toBeInstanceOf(
      TypeError,
    );
    expect(refused(Object.create(Date.prototype)).path).toBe('item');
  });

  it('what throws while it is read in an array, the shortest way to write which knows no paths', () => {
    const cause = new Error('not now');
    const broken = (index: number) =>
      Object.defineProperty([1, 'two', 3], index, {
        enumerable: true,
        get() {
          throw cause;
        },
      });
    for (const [item, path] of [
      [broken(0), 'item[0]'],
      [broken(2), 'item[2]'],
      [[1, broken(1)], 'item[1][1]'],
      [[broken(1), broken(0)], 'item[0][1]'],
    ] as const) {
      const error = refused(item);
      expect([error.path, error.cause]).toEqual([path, cause]);
      expect(error.message).toBe(`Cannot put ${path} on the queue: reading it failed: not now`);
    }
  });

  it('a revoked proxy, wherever it is', () => {
    for (const target of [{}, [], new Map()]) {
      const { proxy, revoke } = Proxy.revocable(target, {});
      revoke();
      for (const [item, path] of [
        [proxy, 'item'],
        [[proxy], 'item[0]'],
        [[1, proxy], 'item[1]'],
        [[1, [2, proxy]], 'item[1][1]'],
        [{ field: proxy }, 'item.field'],
        [new Map([['key', proxy]]), 'item.get("key")'],
        [new Set([proxy]), 'item.values()[0]'],
        [new Error('x', { cause: proxy }), 'item.cause'],
      ] as const) {
        const error = refused(item);
        expect(error.path).toBe(path);
        expect(error.message).toMatch(/reading it failed: .*revoked/);
      }
    }
  });

  it('what throws something that cannot be looked at itself', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const item = {
      get broken() {
        throw proxy;
      },
    };
    const error = refused([item]);
    expect([error.path, error.cause === proxy]).toEqual(['item[0].broken', true]);
    expect(error.message).toContain('a proxy');
    // A proxy that is taken for a shared object, and then says no more.
    let looks = 0;
    const shy = new Proxy(
      {},
      {
        has: () => {
          if (looks++ > 0) throw cause;
          return true;
        },
        getPrototypeOf: () => {
          throw cause;
        },
      },
    );
    const cause = new Error('not again');
    expect(refused([shy]).path).toBe('item[0]');
  });

  it('the property of an error that throws, by its name', () => {
    for (const key of ['name', 'message', 'stack', 'cause', 'field']) {
      const error = Object.defineProperty(new Error('x'), key, {
        enumerable: key === 'field',
        get() {
          throw new Error('not now');
        },
      });
      expect(refused([error]).path).toBe(`item[0].${key}`);
    }
    const symbol = Object.assign(new Error('x'), { message: Symbol('s') });
    expect(refused({ symbol }).path).toBe('item.symbol.message');
  });

  it('with a path that stays readable however deep it goes', () => {
    let item: unknown = () => 1;
    for (let i = 0; i < 50_000; i++) item = { next: item };
    const error = refused([item]);
    expect(error.path).toMatch(/^item\[0\]\.next\.next.*…\(\d+ more\)….*\.next$/);
    expect(error.path.length).toBeLessThan(300);
  });

  it('with the exact path out of a deferred object', () => {
    let item: unknown = [() => 1];
    const names: string[] = [];
    for (let i = 60; i-- > 0; ) {
      names.unshift(`k${i}`);
      item = { [`k${i}`]: item };
    }
    let outer: unknown = { wide: [[], {}, { item }] };
    for (let i = 0; i < 300; i++) outer = [outer];
    const { path } = refused(outer);
    expect(path.endsWith('.k58.k59[0]')).toBe(true);
    expect(path).toContain(`(${300 + 3 + 60 + 1 - 32} more)`);
  });

  it('with the value, its type and what to do', () => {
    expect(refused({ callback: function onDone() {} }).message).toBe(
      'Cannot put item.callback on the queue: the function onDone cannot be carried as bytes. ' +
        'Send data, and find the function by its name in the other thread.',
    );
    expect(refused({ memory: new SharedArrayBuffer(4) }).message).toMatch(/SharedArrayBuffer.*same memory/);
    expect(refused([never]).message).toMatch(/Promise.*[Aa]wait/);
  });

  it('nothing that is only from another realm', () => {
    const foreign = runInNewContext(`({
      map: new Map([['a', new Set([1n])]]), date: new Date(5), list: [1, , /x/g], error: new RangeError('far'),
      bytes: new Uint16Array([1, 2]), boxed: Object('s'), made: new (class Made { x = 1 })(),
    })`) as Record<string, unknown>;
    const back = roundTrip(anyCodec, foreign) as Record<string, unknown>;
    expect(back['map']).toEqual(new Map([['a', new Set([1n])]]));
    expect(back['date']).toEqual(new Date(5));
    expect(Object.keys(back['list'] as unknown[])).toEqual(['0', '2']);
    expect(back['error']).toBeInstanceOf(RangeError);
    expect(back['error']).toMatchObject({ name: 'RangeError', message: 'far' });
    expect(back['bytes']).toEqual(Uint16Array.of(1, 2));
    expect(back['boxed']).toEqual(Object('s'));
    expect(back['made']).toEqual({ x: 1 });
    expect(refused(runInNewContext('[new SharedArrayBuffer(4)]')).path).toBe('item[0]');
    expect(refused(runInNewContext('[new WeakMap()]')).path).toBe('item[0]');
  });

  it('impostors, without shutting out the real ones after them', () => {
    class Late extends Map<number, number> {}
    refused(Object.create(Late.prototype));
    expect(roundTrip(anyCodec, new Late([[1, 2]]))).toEqual(new Map([[1, 2]]));
  });
});
