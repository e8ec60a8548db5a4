import { ThreadPoolExecutor } from '@pkg/pool';

await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(
  new URL('./tasks.js', import.meta.url),
  { maxWorkers: 2, initializer: { name: 'setGreeting', args: ['Hello'] } },
);

console.log(await executor.submit('greet', ['Anna']));
