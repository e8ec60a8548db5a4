import { Mutex } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import { Moved, move } from './move.ts';

describe('move', () => {
  it('without a list moves the value itself, or the buffer of a view', () => {
    const bytes = new Uint8Array(4);
    const { port1 } = new MessageChannel();
    const list = (value: unknown) => (move(value) as unknown as Moved).transfer;
    expect(list(bytes)).toEqual([bytes.buffer]);
    expect(list(bytes.buffer)).toEqual([bytes.buffer]);
    expect(list(port1)).toEqual([port1]);
    port1.close();
  });

  it('without a list lets what is shared go as it is, and what is moved already', () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    expect(move(words)).toBe(words);
    expect(move(words.buffer)).toBe(words.buffer);
    const mutex = new Mutex();
    expect(move(mutex)).toBe(mutex);
    const moved = move(new ArrayBuffer(4));
    expect(move(moved)).toBe(moved);
  });

  it.each<[unknown, RegExp]>([
    [5, /move\(\) is given the number 5, and only objects can be moved/],
    [undefined, /move\(\) is given undefined/],
    [{ pixels: new Uint8Array(4) }, /move\(\) is given an Object.*list the buffers and ports in it/],
    [[new ArrayBuffer(4)], /move\(\) is given an Array.*list the buffers and ports in it/],
  ])('refuses %o without a list', (value, message) => {
    expect(() => move(value)).toThrow(message);
  });

  it('refuses a list of what is never moved', () => {
    const pixels = new Uint8Array(4);
    expect(() => move({ pixels }, [pixels as never])).toThrow(
      /the list that move\(\) is given has an Uint8Array in it.*pass its \.buffer/,
    );
    const mutex = new Mutex();
    expect(() => move({ mutex }, [mutex as never])).toThrow(/a Mutex in it, which is shared, not moved/);
    const moved: unknown = move({ pixels }, [pixels.buffer]);
    expect(moved).toBeInstanceOf(Moved);
  });
});
