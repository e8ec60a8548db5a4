import { TaskCancelled, ThreadPoolExecutor } from '@pkg/pool';
import { Event } from '@pkg/sync';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 1 },
);

const begun = new Event();
const gate = new Event();
const running = executor.submit('hold', [begun, gate]);
const waiting = executor.submit('factorial', [5]);
await begun.waitAsync();
waiting.cancel();
try {
  await waiting;
} catch (error) {
  if (error instanceof TaskCancelled) console.log('cancelled');
}
gate.set();
await running;
