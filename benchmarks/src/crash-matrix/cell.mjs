// One cell, in a process of its own: node cell.mjs LIBRARY KIND SITUATION prints what was seen as a line of JSON.
import '../with-types.mjs';
import { writeSync } from 'node:fs';

const { observe } = await import('./observe.ts');
const [library, kind, situation] = process.argv.slice(2);
// The process must not end for want of events before all is seen.
setInterval(() => undefined, 1000);
const observation = await observe(library, kind, situation);
writeSync(1, `\n@@${JSON.stringify(observation ?? null)}\n`);
// Straight out: a pool that cannot be shut down must not keep the process.
process.kill(process.pid, 'SIGKILL');
