import { explore } from '@pkg/interleave';
import { describe, it } from 'vitest';
import * as scenarios from '../test/fixtures/scenarios.ts';

describe('in every interleaving within the bounds', () => {
  for (const scenario of Object.values(scenarios)) {
    it(`${scenario.name}`, () => {
      explore(scenario as never, { preemptions: 2, timeouts: 1, milliseconds: 20_000 });
    });
  }
});

describe('with a death at every step', () => {
  for (const scenario of [
    scenarios.mutex,
    scenarios.semaphore,
    scenarios.semaphoreOfTwo,
    scenarios.event,
    scenarios.barrier,
    scenarios.condition,
  ]) {
    it(`${scenario.name}`, () => {
      explore(scenario as never, { preemptions: 1, kills: 1, milliseconds: 20_000 });
    });
  }
});
