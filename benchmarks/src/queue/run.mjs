import '../with-types.mjs';

const { benchQueue } = await import('./bench.ts');
await benchQueue();
process.exit(0);
