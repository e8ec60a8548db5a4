import { describe, expect, it } from 'vitest';
import { leavable } from './leavable.ts';

async function* numbers() {
  yield 1;
  yield 2;
}

/** A generator as it is where nothing can be assigned over what its prototype has. */
function withFrozenPrototype() {
  const generator = numbers();
  const inherited = { return: generator.return, throw: generator.throw };
  return Object.setPrototypeOf(
    generator,
    Object.freeze(Object.assign(Object.create(Object.getPrototypeOf(generator)), inherited)),
  ) as ReturnType<typeof numbers>;
}

describe('leavable', () => {
  it.each([
    ['a generator', numbers],
    ['one whose prototype is frozen', withFrozenPrototype],
  ])('is told when the consumer of %s leaves', async (_, make) => {
    let left = 0;
    const generator = leavable(make(), () => left++);
    for await (const number of generator) if (number === 1) break;
    expect(left).toBe(1);
    await expect(leavable(make(), () => left++).throw(new Error('left'))).rejects.toThrow('left');
    expect(left).toBe(2);
  });
});
