import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inheritedExecArgv } from './inherited-exec-argv.ts';

describe('inheritedExecArgv', () => {
  it.each([
    [['--no-warnings'], undefined],
    [['-e', '1'], undefined],
    [['--input-type=module'], []],
    [['--input-type', 'module', '--eval', '1'], []],
    [['--input-type=module', '--eval=1', '--no-warnings'], ['--no-warnings']],
    [['--conditions=a', '--input-type=commonjs', '-p', '--input-type=module'], ['--conditions=a']],
    [
      ['--conditions', 'a', '--input-type=commonjs', '-pe', '1'],
      ['--conditions', 'a'],
    ],
  ])('of %j: %j', (own, passedOn) => {
    expect(inheritedExecArgv(own)).toEqual(passedOn);
  });
});

describe('a program that is no file', () => {
  const pool = new URL('../index.ts', import.meta.url).href;
  const threads = new URL('../../test/fixtures/threads.ts', import.meta.url).href;
  const tasks = new URL('../../test/fixtures/tasks.ts', import.meta.url).href;
  const program = `
    import { ThreadPoolExecutor } from '${pool}';
    import { Queue } from '@pkg/queue';
    import { Witness } from '${threads}';
    const answers = new Queue();
    new Witness(answers).start();
    console.log(answers.get({ timeout: 400_000 }).name);
    const executor = new ThreadPoolExecutor('${tasks}', { maxWorkers: 1 });
    console.log(executor.submitSync('add', [1, 2], { timeout: 400_000 }));
    await executor.shutdown();
  `;
  const flags = ['--conditions=@pkg/source', '--import', 'tsx', '--input-type=module'];

  it.each([
    ['on the command line', ['-e', program], ''],
    ['on stdin', [], program],
  ])('%s runs threads and tasks', (_, args, input) => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
      cwd,
      input,
      encoding: 'utf8',
      timeout: 500_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'witness\n3\n', stderr: '' });
  });
});
