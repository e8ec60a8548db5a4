import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2 },
);

const bytes = new Uint8Array(1000).fill(2);
const total = executor.submit('sum', [bytes], { transfer: [bytes.buffer] });
console.log(await total, bytes.length);
