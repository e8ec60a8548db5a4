import { describe, expect, it } from 'vitest';
import { CHATTY_LINES, linesOf, runProgram, TSX } from '../test/run-program.ts';
import type { Thread } from './index.ts';

describe('a program', () => {
  const start = (...args: string[]) => runProgram(process.execPath, TSX, ...args);

  it('ends by itself, quietly, although daemon threads are blocked', async () => {
    expect(await start('daemons')).toMatchObject({ code: 0, stdout: 'main is done\n' });
  });

  it('ends by process.exit() although Node loses requests to end its threads', async () => {
    expect(await start('rejecting daemons')).toMatchObject({ code: 4, stdout: 'main is done\n' });
  });

  it('still finds its threads alive in what it does at its exit', async () => {
    expect(await start('exit listener')).toMatchObject({ code: 0, stdout: 'joined at exit true\n' });
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
      expect(linesOf(stdout)).toEqual(CHATTY_LINES);
    },
  );

  it('learns of a thread that ran out of memory', async () => {
    expect(await start('out of memory')).toMatchObject({
      code: 0,
      stdout: 'WorkerDiedError 1 ERR_WORKER_OUT_OF_MEMORY\n',
    });
  });
});

describe('parameter properties, which cannot just be stripped', () => {
  const file = new URL('../test/fixtures/broken-parameter-property.ts', import.meta.url).href;

  it('are no obstacle under tsx', async () => {
    const { code, stdout } = await runProgram(process.execPath, TSX, 'parameter property', file);
    expect([code, stdout]).toEqual([0, 'run with pride\n']);
  });

  it('are no obstacle where another tool has compiled them for the starter', async () => {
    const { ParameterProperty } = (await import(file)) as { ParameterProperty: new (word: string) => Thread };
    expect(new ParameterProperty('').start().join()).toBe(true);
  });
});
