import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('copyBytes', () => {
  const refuse = () => {
    throw new TypeError('argument should be a Buffer');
  };
  for (const [platform, buffer] of [
    ['with a Buffer', globalThis.Buffer],
    ['without a Buffer', undefined],
    ['with a Buffer that takes only its like', { prototype: { copy: refuse } }],
  ] as const) {
    it(`copies exactly the bytes that it is told to, ${platform}`, async () => {
      vi.stubGlobal('Buffer', buffer);
      const { copyBytes } = await import('./copy-bytes.ts');
      const Growable = SharedArrayBuffer as unknown as new (
        bytes: number,
        options: { maxByteLength: number },
      ) => SharedArrayBuffer;
      const shared = new Uint8Array(new Growable(64, { maxByteLength: 128 }), 0, 64);
      for (const [from, end, to] of [
        [0, 16, 3],
        [0, 1, 0],
        [5, 6, 63],
        [3, 16, 51],
      ] as const) {
        const source = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
        const expected = new Uint8Array(64).fill(99);
        expected.set(source.subarray(from, end), to);
        shared.fill(99);
        copyBytes(source, from, end, shared, to);
        expect([...shared]).toEqual([...expected]);
        const back = new Uint8Array(end - from);
        copyBytes(shared, to, to + end - from, back, 0);
        expect([...back]).toEqual([...source.subarray(from, end)]);
      }
    });
  }
});
