import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, roundTrip } from '../round-trip.fixture.ts';
import { anyCodec } from './any-codec.ts';
import { difference } from './same-item.fixture.ts';

/** More often than it takes for a shape to be made, however many shapes share its slot. */
const OFTEN = 2000;

const often = (make: (i: number) => unknown) => {
  for (let i = 0; i < OFTEN; i++) {
    const item = make(i);
    const found = difference(item, roundTrip(anyCodec, item));
    if (found !== undefined) throw new Error(`object number ${i}: ${found}`);
  }
};

describe('objects of shapes that are met often', () => {
  it('arrive as they were', () => {
    often((i) => ({ id: i, name: `n${i}`, ok: i % 2 === 0, score: i / 3, tag: 'é', next: null }));
    often((i) => ({ type: 'node', left: { value: i, right: { value: [i, { value: i }] } } }));
    often((i) => [{ 'a-b': i, 'quote"\\': 1, '\u2028\n': 2, '2': 3, '10': 4, '': 5, constructor: 6 }]);
  });

  it('do not suffer from others that begin alike', () => {
    often((i) =>
      i % 3 === 0 ? { a: 1, b: i, c: 3 } : i % 3 === 1 ? { a: 1, b: i, d: 3 } : { a: 1, x: {}, c: i },
    );
    often((i) => (i % 100 === 0 ? { only: 1 } : { only: 1, more: i }));
  });

  it('may hold themselves', () => {
    often((i) => {
      const parent: Record<string, unknown> = { itself: undefined, number: i, children: [] };
      parent['itself'] = parent;
      parent['children'] = [{ up: parent, number: i, first: true }];
      return parent;
    });
    // Only now and then, after the shape has been in use.
    often((i) => {
      const node: Record<string, unknown> = { own: null, count: i };
      if (i % 500 === 499) node['own'] = node;
      return [node, { own: node, count: 1 }];
    });
  });

  it('keep a property named __proto__', () => {
    often((i) =>
      Object.defineProperty({ a: i }, '__proto__', {
        value: i,
        enumerable: true,
        writable: true,
        configurable: true,
      }),
    );
  });

  it('are refused when their bytes are cut short', () => {
    often((i) => ({ first: i, second: 'text', third: { first: 1 } }));
    const bytes = encode(anyCodec, { first: 1000, second: 'text', third: { first: 1 } });
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decode(anyCodec, bytes.subarray(0, end))).toThrow('corrupt');
    }
  });

  it('arrive as they were, whatever the shapes', () => {
    const name = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('a', 'b', 'aa', 'ab', '0', '7', '__proto__', 'constructor', 'ž'),
    );
    const shape = fc.uniqueArray(name, { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        (shapes, choices) => {
          for (let i = 0; i < OFTEN; i++) {
            const names = shapes[choices.next().value! % shapes.length]!;
            const item = {};
            for (const each of names) {
              const value = i % 7 === 0 ? { [each]: i } : i;
              Object.defineProperty(item, each, {
                value,
                enumerable: true,
                writable: true,
                configurable: true,
              });
            }
            expect(difference(item, roundTrip(anyCodec, item))).toBeUndefined();
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('arrive where no code may be made from text', () => {
    const program = `
      import { Queue } from '@pkg/queue';
      let compiled = true;
      try { new Function(''); } catch { compiled = false; }
      const queue = new Queue();
      for (let i = 0; i < 1000; i++) {
        queue.put({ id: i, name: 'n' });
        const { id, name } = queue.get();
        if (id !== i || name !== 'n') throw new Error('object ' + i);
      }
      console.log(compiled);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--import', 'tsx', '--input-type=module', '-e', program],
      { encoding: 'utf8', cwd: import.meta.dirname },
    );
    expect(stdout + stderr).toBe('false\n');
  });
});
