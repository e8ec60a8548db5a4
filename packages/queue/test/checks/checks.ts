import type { Check, Engine } from './engine.ts';
import { itemChecks } from './items.ts';
import { primitiveChecks } from './primitives.ts';
import { queueChecks } from './queues.ts';

/** All that holds between threads on every engine. */
export const CHECKS: readonly Check[] = [...queueChecks, ...itemChecks, ...primitiveChecks];

/** Runs a check. Fails as soon as one of its threads does, for which this one may wait in vain. */
export const runCheck = (check: Check, engine: Engine): Promise<void> =>
  new Promise((resolve, reject) => {
    const watched: Engine = {
      async start(role, data) {
        const thread = await engine.start(role, data);
        if (role !== 'fail') thread.ended.catch(reject);
        return thread;
      },
    };
    check.run(watched).then(resolve, reject);
  });

/** Runs the check of that name. */
export const runCheckNamed = (name: string, engine: Engine): Promise<void> =>
  runCheck(CHECKS.find((check) => check.name === name)!, engine);
