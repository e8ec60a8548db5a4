import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the lesson', () => {
  it('shows the program as it is', () => {
    expect(read('../../../docs/lesson.md')).toContain(`\`\`\`ts\n${read('./threads.ts')}\`\`\`\n`);
  });

  it('fits on a page: under 60 lines of code', () => {
    const lines = read('./threads.ts').split('\n');
    expect(lines.filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length).toBeLessThan(60);
  });
});
