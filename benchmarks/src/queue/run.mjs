import { parseArgs } from 'node:util';
import '../with-types.mjs';

const { benchQueue } = await import('./bench.ts');
const { values } = parseArgs({ options: { only: { type: 'string' } } });
await benchQueue(values.only);
process.exit(0);
