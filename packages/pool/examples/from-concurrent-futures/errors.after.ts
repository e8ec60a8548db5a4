import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

try {
  await executor.submit('factorial', [-1]);
} catch (error) {
  if (error instanceof RangeError) console.log(error.message);
}
