import { TaskCancelled, ThreadPoolExecutor } from '@pkg/pool';
import { Event } from '@pkg/sync';

const executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url), {
  maxWorkers: 1,
});

const begun = new Event();
const gate = new Event();
const tasks = [0, 1, 2].map(() => executor.submit('hold', [begun, gate]));
await begun.waitAsync();
const ended = executor.shutdown({ cancelPending: true });
gate.set();
for (const result of await Promise.allSettled(tasks)) {
  if (result.status === 'fulfilled') console.log('done');
  else if (result.reason instanceof TaskCancelled) console.log('cancelled');
}
await ended;
