import { describe, expect, it } from 'vitest';
import { OTHER_ENGINES, runOn } from './other-engines.ts';

for (const engine of OTHER_ENGINES) {
  // A fresh machine has only Node; CI installs all engines, and there none may be missing.
  const isDue = engine.installed || process.env['CI'] !== undefined;
  describe.runIf(isDue)(`the built packages on ${engine.name} (npm ci --prefix engines)`, () => {
    it('do everything between threads', async () => {
      const { stdout, stderr, code } = await runOn(engine, 'everything.mjs');
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      // All of them, as the program comes to its end only so.
      expect(JSON.parse(stdout)).toEqual({ checks: expect.any(Number) });
    });

    it('tell a thread that blocks of the ends of its threads', async () => {
      const { stdout, stderr, code } = await runOn(engine, 'ends-while-blocked.mjs');
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(JSON.parse(stdout)).toEqual({
        returned: [true, 'returned'],
        waited: [true, 'returned'],
        threw: 'RangeError: thrown',
        isAlive: false,
        exited: expect.stringContaining('process.exit(3) was called'),
        died: expect.stringContaining('process.exit(7) was called'),
      });
    });

    it('let a task submit tasks to its executor, which ends as on Node', async () => {
      const { stdout, stderr, code } = await runOn(engine, 'attached-smoke.mjs');
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      const outerSync = expect.stringContaining('await submit()');
      expect(JSON.parse(stdout)).toEqual({ outer: 4, outerSync, sync: 7, workers: 0 });
    });

    it('recover what a supervised worker held, and write nothing about it', async () => {
      const { stdout, stderr, code } = await runOn(engine, 'supervises-raw-worker.mjs');
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(JSON.parse(stdout)).toEqual({ ended: true, abandoned: true });
    });

    it('say nothing of the daemon threads that end with a thread or with the program', async () => {
      const ended = await runOn(engine, 'leaves-daemons.mjs');
      expect(ended).toEqual({ stdout: 'ended\n', stderr: '', code: 0 });
    });
  });
}
