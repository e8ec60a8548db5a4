import { benchQueue } from './bench.ts';

await benchQueue();
process.exit(0);
