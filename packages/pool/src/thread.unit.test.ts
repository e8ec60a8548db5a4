import { threadId } from 'node:worker_threads';
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

describe('an object that a constructor returned in the place of a Thread', () => {
  class Replaced extends Thread {
    static override readonly url = import.meta.url;
    constructor() {
      super({ daemon: true });
      // biome-ignore lint/correctness/noConstructorReturn: that is what is tested
      return new Proxy(this, {});
    }
    override run(): void {}
  }

  it('is said to be none', () => {
    const thread = new Replaced();
    for (const verb of [
      () => thread.start(),
      () => thread.isAlive(),
      () => thread.join(),
      () => thread.name,
      () => thread.daemon,
      () => thread.ident,
      () => {
        thread.name = 'another';
      },
    ]) {
      expect(verb).toThrow(TypeError);
      expect(verb).toThrow(/not the object that the constructor of Thread made/);
    }
  });

  it('does not count for what Thread.current() gives', () => {
    const current = Thread.current();
    expect([current.isAlive(), current.daemon, current.ident]).toEqual([true, false, threadId]);
    expect(current.name).not.toBe('');
  });
});
