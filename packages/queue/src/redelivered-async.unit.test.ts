import { describe, expect, it } from 'vitest';
import { LifoQueue } from './lifo-queue.ts';
import { type Class, group } from './ordered/thread-group.fixture.ts';
import { Queue } from './queue.ts';

describe.each([Queue, LifoQueue] as unknown as Class[])('an item of a dead thread, in a %o', (Kind) => {
  /** A queue in which nothing is but what a thread has taken that died, and that nobody has recovered yet. */
  const afterADeath = () => {
    const { queue, join } = group(Kind, { redeliver: true });
    queue.put(1);
    const victim = join();
    victim.queue.get();
    victim.die();
    return queue;
  };

  it('is there for the next `getAsync`, also after a shutdown and also for one that does not wait', async () => {
    for (const options of [{}, { timeout: 0 }]) {
      expect(await afterADeath().getAsync(options)).toBe(1);
      expect(await afterADeath().getManyAsync(2, options)).toEqual([1]);
      const queue = afterADeath();
      queue.shutdown();
      expect(await queue.getAsync(options)).toBe(1);
    }
  });
});
