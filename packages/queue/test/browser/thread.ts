/** A worker of a page: plays a role of a check, or runs a whole check and starts workers of its own for it. */
import { runCheckNamed } from '../checks/checks.ts';
import { play, type RoleName } from '../checks/roles.ts';
import { assemble, type Order, type Report, webEngine } from './web-engine.ts';

const report = (message: Report) => postMessage(message);

addEventListener('message', async ({ data: { role, data } }: MessageEvent<Order>) => {
  report('begun');
  try {
    if (role === 'check') await runCheckNamed((data as { name: string }).name, webEngine);
    else await play(role as RoleName, assemble(data));
    report('ended');
  } catch (error) {
    report({ failed: describe(error) });
    // A starter that blocks may never come to read the report.
    if (role !== 'fail') console.error(describe(error));
  }
  close();
});

/** The error with its stack and its causes: only text reaches the test from here. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n[cause] ${describe(error.cause)}`;
  return `${error.stack}${cause}`;
}

report('ready');
