import { TaskTimeout, ThreadPoolExecutor } from '@pkg/pool';
import { Event } from '@pkg/sync';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 1 },
);

const gate = new Event();
try {
  await executor.submit('hold', [new Event(), gate], { timeout: 50 });
} catch (error) {
  if (error instanceof TaskTimeout) console.log('not done in time');
}
gate.set();
