import { Queue, QueueCodecError } from '@pkg/queue';
import { Barrier, Condition, Event, Mutex, Semaphore } from '@pkg/sync';
import { type Check, call, type Engine, type Form, inBothForms, otherForm } from './engine.ts';
import { equal, fails } from './expect.ts';
import { KIND_NAMES, KINDS } from './kinds.ts';
import type { AnyQueue } from './roles.ts';

/** One of everything that bytes can carry, by what it is. */
function carried(): Record<string, unknown> {
  const cycle: Record<string, unknown> = { name: 'cycle' };
  cycle['self'] = cycle;
  cycle['list'] = [cycle, cycle];
  const shared = { x: 1 };
  const map = new Map<unknown, unknown>([
    [1, 'a'],
    [{ key: 1 }, { z: -0 }],
  ]);
  map.set(map, map);
  const set = new Set<unknown>([1, Number.NaN, 'x', [1]]);
  set.add(set);
  const sparse: unknown[] = [1];
  sparse[4] = 5;
  sparse.length = 7;
  const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
  const resizable = new ArrayBuffer(8, { maxByteLength: 64 });
  new Uint8Array(resizable)[3] = 9;
  const error = Object.assign(new TypeError('bad', { cause: new RangeError('why', { cause: 'root' }) }), {
    code: 'E',
    extra: { list: [1] },
  });
  let deep: unknown = 'end';
  for (let i = 0; i < 2000; i++) deep = { deep };
  return {
    undefined,
    null: null,
    booleans: [true, false],
    numbers: [0, -0, Number.NaN, Infinity, -Infinity, 1.5e-300, 2 ** 31, Number.MAX_SAFE_INTEGER],
    'short texts': ['', 'hello', 'é', '漢字😀', 'a\ud800b\udc00', '\ufeffmark'],
    'a long text of bytes': 'x'.repeat(200_000),
    'a long text of Latin letters': 'é'.repeat(100_000),
    'a long text of any letters': '漢😀'.repeat(50_000),
    'a long text with lone surrogates': `${'漢'.repeat(50_000)}\ud800`,
    bigints: [0n, -1n, 2n ** 64n, -(2n ** 63n), -(7n ** 3000n)],
    dates: [new Date(1_234_567_890_123), new Date(Number.NaN)],
    'regular expressions': [/a(?<n>b)+/dgimsuy, /\/\n/g],
    'a map': map,
    'a set': set,
    'an array with holes': sparse,
    'an array with a name': Object.assign([1, 2], { name: 'two' }),
    objects: [{ a: 1, b: { c: 'd' }, 1: 2 }, JSON.parse('{"__proto__": {"x": 1}, "y": 2}')],
    'a cycle': cycle,
    'what is shared': [shared, shared, { shared }],
    buffers: [bytes.buffer, new ArrayBuffer(0), resizable],
    'views of one buffer': [
      bytes.subarray(4, 12),
      new Uint16Array(bytes.buffer, 2, 3),
      new DataView(bytes.buffer, 3, 10),
    ],
    'big bytes': new Uint8Array(300_000).fill(7),
    'big bytes at the end': ['name', new Uint8Array(300_000).fill(8)],
    'typed arrays': [
      ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
        (type) => type.from([1, 2, 100]),
      ),
      Float32Array.of(1.5, -0),
      Float64Array.of(1.5, Number.NaN),
      BigInt64Array.of(1n, -2n),
      BigUint64Array.of(1n, 2n),
    ],
    errors: [error, new Error(), new AggregateError([new Error('1'), 2], 'both'), new SyntaxError('s')],
    'a DOMException': new DOMException('called off', 'AbortError'),
    'boxed values': [new Number(-0), new String('s'), new Boolean(false), Object(5n)],
    'what is nested': deep,
    'a wide object': Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key${i}`, i])),
    'many alike': Array.from({ length: 300 }, (_, i) => ({ id: i, name: `name ${i}`, tags: ['a', i] })),
  };
}

/** One of everything that is refused, by what it is. */
function refused(): Record<string, unknown> {
  const mutex = new Mutex();
  return {
    'a function': () => {},
    'a symbol': Symbol('s'),
    'a WeakMap': new WeakMap(),
    'a WeakRef': new WeakRef({}),
    'a promise': Promise.resolve(),
    'a port': new MessageChannel().port1,
    'a blob': new Blob(['x']),
    'a URL': new URL('http://localhost/'),
    'a stream': new ReadableStream(),
    'a signal': new AbortController().signal,
    // Never a copy in silence.
    'shared memory': new SharedArrayBuffer(8),
    'shared memory that grows': new SharedArrayBuffer(8, { maxByteLength: 16 }),
    'a view of shared memory': new Int32Array(new SharedArrayBuffer(8)),
    'memory of WebAssembly': new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
    'a mutex': mutex,
    'a condition': new Condition(mutex),
    'a semaphore': new Semaphore(1),
    'an event': new Event(),
    'a barrier': new Barrier(2),
    'a queue': new Queue(),
  };
}

async function roundTrip(engine: Engine, form: Form, there: AnyQueue<unknown>): Promise<void> {
  const back = new Queue<unknown>();
  const values = Object.entries(carried());
  const echo = await engine.start('echo', { form: otherForm(form), there, back, count: values.length });
  for (const [name, value] of values) {
    await call(form, there, 'put', value);
    equal(await call(form, back, 'get'), value, name);
  }
  await echo.ended;
}

async function refuse(): Promise<void> {
  for (const kind of KIND_NAMES) {
    const queue = KINDS[kind]();
    for (const [name, value] of Object.entries(refused())) {
      const item = { inside: [1, value] };
      const thrown = await fails(() => queue.putNowait(item), QueueCodecError);
      const rejected = await fails(() => queue.putAsync(item), QueueCodecError);
      equal([thrown.path, rejected.path], ['item.inside[1]', 'item.inside[1]'], name);
      equal(queue.qsize(), 0);
    }
  }
}

/** Codecs, by the values that they carry, and one that each refuses. */
async function codecs(_engine: Engine, form: Form): Promise<void> {
  const text = {
    encode: (value: unknown) => new TextEncoder().encode(value as string),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  };
  const large = '漢'.repeat(100_000);
  for (const [codec, values, refusal] of [
    ['int32', [0, -1, 2 ** 31 - 1, -(2 ** 31)], 1.5],
    ['float64', [0, -0, Number.NaN, 1.5, Infinity], 'text'],
    ['bytes', [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(300_000).fill(3)], 'text'],
    ['json', [null, 1, 'é', [1, { b: null }], large], new Date()],
    [text, ['', 'é', large], undefined],
  ] as const) {
    for (const kind of KIND_NAMES) {
      const queue = KINDS[kind](0, { codec } as never);
      for (const value of values) {
        await call(form, queue as AnyQueue<unknown>, 'put', value);
        equal(await call(form, queue as AnyQueue<unknown>, 'get'), value, `${kind} ${String(codec)}`);
      }
      if (codec !== text) await fails(() => queue.putNowait(refusal), QueueCodecError);
    }
  }
}

/** What queues carry. */
export const itemChecks: readonly Check[] = [
  ...KIND_NAMES.flatMap((kind) =>
    inBothForms(`${kind}: items of all kinds arrive as they were`, (engine, form) =>
      roundTrip(engine, form, KINDS[kind]()),
    ),
  ),
  ...inBothForms('every codec', codecs),
  { name: 'what cannot be carried is refused', form: 'async', run: refuse },
];
