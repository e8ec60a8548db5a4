import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const program = pathOf('../test/fixtures/program.ts');
const root = pathOf('../../..');

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const run = (node: string, flags: string[], args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      node,
      ['--conditions=@pkg/source', ...flags, program, ...args],
      { cwd: root, timeout: 60_000 },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });

const ways = [
  { title: 'under tsx', node: process.execPath, flags: ['--import', 'tsx'] },
  ...['node22', 'node24', 'node26'].flatMap((name) => {
    const node = pathOf(`../../../node_modules/${name}/bin/node`);
    if (!existsSync(node)) return [];
    return [
      { title: `under ${name}'s own type stripping`, node, flags: [] },
      { title: `under tsx on ${name}`, node, flags: ['--import', 'tsx'] },
    ];
  }),
];

describe.each(ways)('a program $title', ({ node, flags }) => {
  const start = (...args: string[]) => run(node, flags, args);

  it('ends by itself, quietly, although daemon threads are blocked', async () => {
    expect(await start('daemons')).toMatchObject({ code: 0, stdout: 'main is done\n' });
  });

  it('lives as long as a non-daemon thread', async () => {
    expect(await start('non-daemon')).toMatchObject({ code: 0, stdout: 'main is done\nbefore exit\n' });
  });

  it('lives as long as somebody joins a daemon', async () => {
    expect(await start('pending join')).toMatchObject({ code: 0, stdout: 'ended true\n' });
  });

  it('is told on stderr of an error that nobody waits for; its exit code stays', async () => {
    const { code, stderr } = await start('nobody joins');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^Exception in thread lonely:\nQuotaExceeded: more than 7\n[\s\S]*limit: 7[\s\S]*SyntaxError: the cause/m,
    );
    expect(stderr.match(/Exception in thread/g)).toHaveLength(1);
  });

  it('is told on stderr of a death', async () => {
    const { code, stderr } = await start('nobody joins a death');
    expect(code).toBe(0);
    expect(stderr).toContain('Exception in thread lonely:\nWorkerDiedError');
  });

  it('is told while its main thread blocks', async () => {
    const { code, stderr } = await start('blocked main');
    expect(code).toBe(5);
    expect(stderr).toContain('Exception in thread lonely:\nRangeError: out of range');
  });

  it('is told nothing when somebody joins', async () => {
    const { code, stdout, stderr } = await start('somebody joins');
    expect([code, stdout]).toEqual([0, 'caught out of range\n']);
    expect(stderr).not.toContain('Exception in thread');
  });

  it.each(['chatty', 'chatty daemon'])(
    'shows everything that a joined thread printed (%s)',
    async (which) => {
      const { code, stdout } = await start(which);
      expect(code).toBe(0);
      expect(stdout.split('\n').filter(Boolean)).toEqual(
        Array.from({ length: 5000 }, (_, line) => `line ${line}`),
      );
    },
  );

  it('learns of a thread that ran out of memory', async () => {
    expect(await start('out of memory')).toMatchObject({
      code: 0,
      stdout: 'WorkerDiedError 1 ERR_WORKER_OUT_OF_MEMORY\n',
    });
  });
});

describe('parameter properties', () => {
  it('are no obstacle under tsx', async () => {
    const file = new URL('../test/fixtures/broken-parameter-property.ts', import.meta.url).href;
    expect(await run(process.execPath, ['--import', 'tsx'], ['parameter property', file])).toMatchObject({
      code: 0,
      stdout: 'run with pride\n',
    });
  });
});
