import '../with-types.mjs';

const { benchInterleave } = await import('./bench.ts');
benchInterleave();
process.exit(0);
