/** Objects arrive with their own properties, whatever is on `Object.prototype` where they arrive. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';

/** More often than it takes for a shape to be made. */
const OFTEN = 500;

/** Decodes while `Object.prototype` has one more property; the bytes come from before. */
function decodeBeside(name: string, descriptor: PropertyDescriptor, bytes: Uint8Array): unknown {
  Object.defineProperty(Object.prototype, name, { ...descriptor, configurable: true });
  try {
    return decode(anyCodec, bytes);
  } finally {
    delete (Object.prototype as Record<string, unknown>)[name];
  }
}

const INTERFERENCES: [string, (seen: unknown[]) => PropertyDescriptor][] = [
  ['a setter', (seen) => ({ set: (value) => void seen.push(value) })],
  [
    'a setter that throws',
    () => ({
      set: () => {
        throw new Error('not here');
      },
    }),
  ],
  ['a getter alone', () => ({ get: () => 'inherited' })],
  ['a value that cannot be changed', () => ({ value: 'inherited', writable: false })],
  ['a value', () => ({ value: 'inherited', writable: true, enumerable: true })],
];

describe.each(INTERFERENCES)('with %s on Object.prototype', (kind, interference) => {
  const item = (name: string) => ({ before: 1, [name]: [{ [name]: 2 }], after: { [name]: 3 } });

  it('names that were never met before arrive, and nobody else sees them', () => {
    const name = `new ${kind}`;
    const seen: unknown[] = [];
    const bytes = encode(anyCodec, item(name));
    expect(decodeBeside(name, interference(seen), bytes)).toStrictEqual(item(name));
    expect(seen).toEqual([]);
  });

  it('names that were met before arrive', () => {
    const name = `old ${kind}`;
    const bytes = encode(anyCodec, item(name));
    expect(decode(anyCodec, bytes)).toStrictEqual(item(name));
    expect(decodeBeside(name, interference([]), bytes)).toStrictEqual(item(name));
    expect(decode(anyCodec, bytes)).toStrictEqual(item(name));
  });

  it('names too long or too rich to be remembered arrive', () => {
    for (const name of [`${kind} ${'x'.repeat(100)}`, `${kind} ž`]) {
      const bytes = encode(anyCodec, item(name));
      expect(decodeBeside(name, interference([]), bytes)).toStrictEqual(item(name));
    }
  });

  it('objects of a shape that is met often arrive, and those that only begin like it', () => {
    const name = `often ${kind}`.slice(0, 60);
    const bytes = encode(anyCodec, { a: 1, [name]: 2 });
    for (let i = 0; i < OFTEN; i++) decode(anyCodec, bytes);
    const more = encode(anyCodec, { a: 1, [name]: 3, more: 4 });
    expect(decodeBeside(name, interference([]), bytes)).toStrictEqual({ a: 1, [name]: 2 });
    expect(decodeBeside(name, interference([]), more)).toStrictEqual({ a: 1, [name]: 3, more: 4 });
  });

  it('a big buffer behind such a name arrives with the rest', () => {
    const name = `big ${kind}`;
    const big = { [name]: 1, bytes: new Uint8Array(70_000).fill(7) };
    const bytes = encode(anyCodec, big);
    decode(anyCodec, bytes);
    const arrived = decodeBeside(name, interference([]), bytes) as typeof big;
    expect(Object.keys(arrived)).toEqual([name, 'bytes']);
    expect(Buffer.compare(arrived.bytes as Uint8Array, big.bytes as Uint8Array)).toBe(0);
  });

  it('errors and sparse arrays arrive', () => {
    for (const name of ['get', 'set', `field ${kind}`]) {
      const error = Object.assign(new Error('why'), { [name]: 1 });
      const sparse = Object.assign(new Array(3), { [name]: 1 });
      const bytes = encode(anyCodec, [error, sparse]);
      const back = decodeBeside(name, interference([]), bytes) as [Error, unknown[]];
      expect(back.map((each) => Object.getOwnPropertyDescriptor(each, name)?.value)).toEqual([1, 1]);
      expect(back[0].message).toBe('why');
    }
  });
});

describe('where Object.prototype is frozen', () => {
  const run = (program: string): string => {
    const head =
      "import { encode, decode } from '../round-trip.fixture.ts'; import { anyCodec } from './any-codec.ts';";
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@pkg/source', '--import', 'tsx', '--input-type=module', '-e', head + program],
      { encoding: 'utf8', cwd: import.meta.dirname },
    );
    return stdout + stderr;
  };

  it.each(['before', 'after'])('the names of its properties arrive that are first met %s', (when) => {
    const output = run(`
      const item = { toString: 'x', nested: [{ constructor: 1, valueOf: null, own: true }], hasOwnProperty: {} };
      const bytes = encode(anyCodec, item);
      ${when === 'after' ? 'decode(anyCodec, bytes);' : ''}
      Object.freeze(Object.prototype);
      for (let i = 0; i < 500; i++) {
        const text = JSON.stringify(decode(anyCodec, bytes));
        if (text !== JSON.stringify(item)) throw new Error(text);
      }
      console.log('arrived');`);
    expect(output).toBe('arrived\n');
  });
});
