import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueCodecError } from '../queue-codec-error.ts';
import { decode, encode, roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { difference } from './same-item.fixture.ts';

/** Strings of every make: Latin 1, any UTF-16 units (lone surrogates), long ones. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit)),
    maxLength: 200,
  }),
  fc.string({
    unit: fc.integer({ min: 0, max: 65_535 }).map((unit) => String.fromCharCode(unit)),
    maxLength: 200,
  }),
);

const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'length', '0', '1', '-1', 'toString'));

const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -0, Number.NaN),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 400n), max: 2n ** 400n }),
  text,
);

const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

const buffer = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer);

const view = fc
  .record({
    bytes: fc.uint8Array({ minLength: 24, maxLength: 48 }),
    View: fc.constantFrom(...VIEWS, DataView),
    start: fc.nat(2),
    length: fc.nat(1),
  })
  .map(({ bytes, View, start, length }): ArrayBufferView => {
    const size = 'BYTES_PER_ELEMENT' in View ? View.BYTES_PER_ELEMENT : 1;
    return new (View as Uint8ArrayConstructor)(bytes.slice().buffer, start * size, length);
  });

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: primitive },
  fc.date({ noInvalidDate: false }),
  fc.tuple(text, fc.constantFrom('', 'g', 'dgimsuy', 'v')).map(([source, flags]) => {
    return new RegExp(source.replace(/[^a-z0-9 é\n/]/g, '.'), flags);
  }),
  fc.oneof(fc.double(), text, fc.boolean(), fc.bigInt()).map((value) => Object(value) as unknown),
  buffer,
  view,
);

/** One object of a graph; its children are numbers of other objects, or leaves. */
interface Node {
  readonly kind: 'array' | 'object' | 'map' | 'set' | 'error' | 'sparse';
  readonly children: readonly {
    readonly key: string;
    readonly to: number | undefined;
    readonly leaf: unknown;
  }[];
  readonly message: string;
}

const node: fc.Arbitrary<Node> = fc.record({
  kind: fc.constantFrom('array', 'object', 'map', 'set', 'error', 'sparse'),
  children: fc.array(fc.record({ key, to: fc.option(fc.nat(30), { nil: undefined }), leaf }), {
    maxLength: 8,
  }),
  message: text,
});

const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const;
const EXCEPTIONS = ['Error', 'AbortError', 'TimeoutError', 'DataCloneError', 'a name of no meaning'] as const;

/** An error of a class that depends on the message, so that few are left out. */
function makeError(message: string): Error {
  const Class = ERRORS[message.length % (ERRORS.length + 1)];
  if (Class !== undefined) return new Class(message);
  return new DOMException(message, EXCEPTIONS[(message.charCodeAt(0) || 0) % EXCEPTIONS.length]);
}

function define(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Builds a graph in which any object may hold any other, itself too. */
function build(nodes: readonly Node[]): unknown {
  const shells = nodes.map(({ kind, message }): object => {
    if (kind === 'object') return {};
    if (kind === 'map') return new Map();
    if (kind === 'set') return new Set();
    if (kind === 'error') return makeError(message);
    return [];
  });
  nodes.forEach(({ kind, children }, index) => {
    const shell = shells[index]!;
    children.forEach(({ key: name, to, leaf: value }, position) => {
      const child = to === undefined ? value : shells[to % shells.length];
      if (kind === 'array') (shell as unknown[]).push(child);
      else if (kind === 'set') (shell as Set<unknown>).add(child);
      else if (kind === 'map') {
        (shell as Map<unknown, unknown>).set(
          position % 2 === 0 ? name : shells[position % shells.length],
          child,
        );
      } else if (kind === 'sparse') {
        if (name === 'length') (shell as unknown[]).length = 500;
        else define(shell, position % 2 === 0 ? name : String(name.length * 3), child);
      } else if (kind === 'error' && position === 0) {
        Object.defineProperty(shell, 'cause', { value: child, writable: true, configurable: true });
      } else if (!(kind === 'error' && ['length', 'cause'].includes(name))) define(shell, name, child);
    });
  });
  return shells[0];
}

const item: fc.Arbitrary<unknown> = fc.oneof(
  leaf,
  fc.array(node, { minLength: 1, maxLength: 30 }).map((nodes) => build(nodes)),
);

/** A value or our error; anything else fails the property. A hang fails the test's time limit. */
function decodesOrRefuses(bytes: Uint8Array): void {
  try {
    decode(anyCodec, bytes);
  } catch (error) {
    if (!(error instanceof QueueCodecError)) throw error;
  }
}

describe('codec any', () => {
  it('gives every item back as it was, shared references and cycles included', () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(difference(value, roundTrip(anyCodec, value))).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  it('gives deep items back as they were', () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 80, max: 400 }),
        (nodes, n) => {
          let value = build(nodes);
          for (let i = 0; i < n; i++)
            value = i % 3 === 0 ? [value] : i % 3 === 1 ? { a: value } : new Map([[i, value]]);
          expect(difference(value, roundTrip(anyCodec, value))).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agrees with structuredClone wherever that keeps everything', () => {
    fc.assert(
      fc.property(
        fc.array(
          node.filter(({ kind }) => kind !== 'error'),
          { minLength: 1, maxLength: 10 },
        ),
        (nodes) => {
          const value = build(nodes);
          expect(difference(structuredClone(value), roundTrip(anyCodec, value))).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes random bytes for a value or refuses them', () => {
    const first = fc.oneof(fc.nat(255), fc.integer({ min: 0, max: 0x25 }));
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 300 }), (tag, rest) => {
        decodesOrRefuses(Uint8Array.of(tag, ...rest));
      }),
      { numRuns: 20_000 },
    );
  });

  it('takes bytes made of meaningful tags for a value or refuses them', () => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 0x25 }),
      fc.constantFrom(0, 1, 2, 3, 0x40, 0x41, 0xfd, 0xfe, 0xff, 0x80),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), (bytes) => {
        decodesOrRefuses(Uint8Array.from(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  it('takes valid bytes that were changed or cut short for a value or refuses them', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat(255) });
    fc.assert(
      fc.property(item, fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), (value, changes, cut) => {
        const bytes = encode(anyCodec, value);
        for (let end = 0; end < Math.min(bytes.length, 20); end++) {
          expect(() => decode(anyCodec, bytes.subarray(0, end))).toThrow(QueueCodecError);
        }
        expect(() => decode(anyCodec, bytes.subarray(0, cut % bytes.length))).toThrow(QueueCodecError);
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        decodesOrRefuses(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});
