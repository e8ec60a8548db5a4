import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dieEverywhere, dieTwiceEverywhere, type Item, type Kind, VERBS } from '../ordered/deaths.fixture.ts';
import { installMortality } from '../ordered/mortal-memory.fixture.ts';
import { Queue } from '../queue.ts';

const kind: Kind = {
  name: 'Queue',
  freesDiscarded: false,
  make: (origin) => new Queue<Item>(origin),
  order: (returned, rest) => [...returned, ...rest],
};

let uninstall: () => void;
beforeAll(() => {
  uninstall = installMortality();
});
afterAll(() => uninstall());

for (const redeliver of [false, true]) {
  describe(`a thread that dies at any write in a Queue ${redeliver ? 'with' : 'without'} redelivery`, () => {
    for (const verb of VERBS) {
      it(`in ${verb.name}: nothing is lost and nobody hangs`, () => {
        expect(dieEverywhere({ kind, redeliver, verb, discovery: 'recovers' })).toBeGreaterThan(1);
        expect(dieEverywhere({ kind, redeliver, verb, discovery: 'just goes on' })).toBeGreaterThan(1);
      }, 60_000);

      it(`in ${verb.name}, and the first to recover dies as well`, () => {
        expect(dieTwiceEverywhere({ kind, redeliver, verb, discovery: 'recovers' }, 2)).toBeGreaterThan(2);
      }, 60_000);
    }
  });
}
