import '../with-types.mjs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } });
const { benchPool } = await import('./bench.ts');
await benchPool(values.only, values.quick === true);
process.exit(0);
