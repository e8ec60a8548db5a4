import { afterEach, describe, expect, it, vi } from 'vitest';
import { rawBytes } from './raw-bytes.ts';

afterEach(() => vi.unstubAllGlobals());

describe('raw bytes', () => {
  it.each([1, 100, 1 << 20])('are a plain array with a buffer of its own: %i', (length) => {
    const bytes = rawBytes(length);
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(bytes.length).toBe(length);
    expect(bytes.buffer.byteLength).toBe(length);
    expect(structuredClone(bytes, { transfer: [bytes.buffer] }).length).toBe(length);
  });

  it('are zeros where there is no Buffer', () => {
    vi.stubGlobal('Buffer', undefined);
    expect(rawBytes(3)).toEqual(new Uint8Array(3));
  });
});
