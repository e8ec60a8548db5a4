import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

try {
  await executor.submit('factorial', [-1]);
} catch (error) {
  console.log((error as Error).message);
}
