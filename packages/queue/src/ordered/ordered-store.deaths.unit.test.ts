import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LifoQueue } from '../lifo-queue.ts';
import { PriorityQueue } from '../priority-queue.ts';
import { dieEverywhere, dieTwiceEverywhere, type Item, type Kind, VERBS } from './deaths.fixture.ts';
import { installMortality } from './mortal-memory.fixture.ts';

const KINDS: readonly Kind[] = [
  {
    name: 'LifoQueue',
    freesDiscarded: true,
    make: (origin) => new LifoQueue<Item>(origin),
    order: (returned, rest) => [...returned.toReversed(), ...rest.toReversed()],
  },
  {
    name: 'PriorityQueue',
    freesDiscarded: true,
    make: (origin) => new PriorityQueue<Item>(origin),
    order: (returned, rest) => [...returned, ...rest].sort((a, b) => a[0] - b[0] || a[1] - b[1]),
  },
];

let uninstall: () => void;
beforeAll(() => {
  uninstall = installMortality();
});
afterAll(() => uninstall());

for (const kind of KINDS) {
  for (const redeliver of [false, true]) {
    describe(`a thread that dies at any write in a ${kind.name} ${redeliver ? 'with' : 'without'} redelivery`, () => {
      for (const verb of VERBS) {
        it(`in ${verb.name}: nothing is lost and nobody hangs`, () => {
          expect(dieEverywhere({ kind, redeliver, verb, discovery: 'recovers' })).toBeGreaterThan(1);
          expect(dieEverywhere({ kind, redeliver, verb, discovery: 'just goes on' }, 3)).toBeGreaterThan(1);
        });

        it(`in ${verb.name}, and the first to recover dies as well`, () => {
          expect(dieTwiceEverywhere({ kind, redeliver, verb, discovery: 'recovers' }, 2)).toBeGreaterThan(0);
        });
      }
    });
  }
}
