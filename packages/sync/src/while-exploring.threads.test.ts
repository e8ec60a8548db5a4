import { explore, scenario } from '@pkg/interleave';
import { expect, it } from 'vitest';
import { A, PROGRESS } from '../test/fixtures/role-data.ts';
import { makeWords, reaches, start } from '../test/fixtures/workers.ts';
import { Event, LockTimeout, Mutex } from './index.ts';

/** The genuine functions, for use within a scenario. */
const { load, store, notify, wait } = Atomics;

it('a thread that enters the roll while a scenario is explored stays in it', async () => {
  const mutex = new Mutex();
  const words = makeWords();
  const actor = start({ role: 'holdWhenTold', handle: mutex.handle, words });
  await reaches(words, PROGRESS, 1);
  const subject = scenario({
    name: 'a context with a handle, which holds the roll',
    setup: () => ({ handle: new Event().handle }),
    threads: [({ handle }) => Event.from(handle).set(), ({ handle }) => Event.from(handle).isSet],
    check() {
      if (load(words, A) !== 0) return;
      store(words, A, 1);
      notify(words, A);
      wait(words, PROGRESS, 1);
    },
  });
  expect(explore(subject).complete).toBe(true);
  expect(load(words, PROGRESS)).toBe(2);
  expect(() => mutex.lock({ timeout: 100 })).toThrow(LockTimeout);
  await actor.supervision.terminate();
  expect(mutex.lock().abandoned).toBe(true);
});
