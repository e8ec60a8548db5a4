import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Thread } from './index.ts';

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

const tsx = ['--import', 'tsx'];
const lines = Array.from({ length: 5000 }, (_, line) => `line ${line}`);
const linesOf = (text: string) => text.split('\n').filter(Boolean);

describe('a program', () => {
  const start = (...args: string[]) => run(process.execPath, tsx, args);

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
      expect(linesOf(stdout)).toEqual(lines);
    },
  );

  it('learns of a thread that ran out of memory', async () => {
    expect(await start('out of memory')).toMatchObject({
      code: 0,
      stdout: 'WorkerDiedError 1 ERR_WORKER_OUT_OF_MEMORY\n',
    });
  });
});

const otherNodes = ['node22', 'node24', 'node26'].flatMap((name) => {
  const node = pathOf(`../../../node_modules/${name}/bin/node`);
  if (!existsSync(node)) return [];
  return [
    { title: `under ${name}'s own type stripping`, node, flags: [] },
    { title: `under tsx on ${name}`, node, flags: tsx },
  ];
});

describe.skipIf(otherNodes.length === 0).each(otherNodes)('TypeScript modules $title', ({ node, flags }) => {
  it('run as threads, which print, throw, die and end as they should', async () => {
    const { code, stdout, stderr } = await run(node, flags, ['tour']);
    expect(stderr).not.toContain('Exception in thread');
    expect(linesOf(stdout)).toEqual([
      ...lines,
      'QuotaExceeded: more than 7',
      "WorkerDiedError: thread 'ender' died before its work was finished: process.exit(3) was called",
      "WorkerDiedError: thread 'ender' died before its work was finished: RangeError: in a timer",
    ]);
    expect(code).toBe(0);
  });
});

describe('parameter properties, which cannot just be stripped', () => {
  const file = new URL('../test/fixtures/broken-parameter-property.ts', import.meta.url).href;

  it('are no obstacle under tsx', async () => {
    const { code, stdout } = await run(process.execPath, tsx, ['parameter property', file]);
    expect([code, stdout]).toEqual([0, 'run with pride\n']);
  });

  it('are no obstacle where another tool has compiled them for the starter', async () => {
    const { ParameterProperty } = (await import(file)) as { ParameterProperty: new (word: string) => Thread };
    expect(new ParameterProperty('').start().join()).toBe(true);
  });
});
