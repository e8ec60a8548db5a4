import { describe, expect, it } from 'vitest';
import { Thread, ThreadUrlError } from './index.ts';

describe('start', () => {
  it('refuses a class that has its url from one of the same name, which would run in its place', () => {
    const base = class Job extends Thread {
      static override readonly url = import.meta.url;
      override run(): void {}
    };
    class Job extends base {}
    const start = () => new Job().start();
    expect(start).toThrow(ThreadUrlError);
    expect(start).toThrow(/which it has from another class Job that it extends: write 'static override/);
  });
});
