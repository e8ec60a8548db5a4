import { describe, expect, it } from 'vitest';
import { SLAB_CLASSES } from '../layout.ts';
import { RUN_HEADER } from './block-heap.ts';
import { classOf, sizeOf } from './size-class.ts';

describe('sizes of blocks', () => {
  it.each([32, 64, 256, 1024, 8192, 32768])('suit every item in pages of %i words', (pageWords) => {
    const payload = pageWords - RUN_HEADER;
    for (let words = 8; words * 2 <= payload; words++) {
      const sizeClass = classOf(words, payload);
      const size = sizeOf(sizeClass, payload);
      expect(sizeClass).toBeLessThan(SLAB_CLASSES);
      if (size < words || classOf(size, payload) !== sizeClass || size > words * 1.5) {
        expect.fail(`${words} words have size class ${sizeClass} of ${size} words`);
      }
    }
  });
});
