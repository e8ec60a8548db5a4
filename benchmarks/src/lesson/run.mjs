import '../with-types.mjs';

const { benchLesson } = await import('./bench.ts');
await benchLesson();
process.exit(0);
