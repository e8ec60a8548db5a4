import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

const onProgress = (factor: unknown) => console.log('times', factor);
console.log(await executor.submit('factorial', [4], { onProgress }));
