import { describe, expect, it } from 'vitest';
import { packError } from '../../thread/error-travel.ts';
import { OwnFrames } from './own-frames.ts';

describe('the frames of a worker', () => {
  const own = new OwnFrames();
  const here = /\((.*):\d+:\d+\)|at (.*):\d+:\d+/.exec(new Error('where').stack!.split('\n')[1]!);
  const file = here?.[1] ?? here?.[2];
  const task = '    at task (file:///app/tasks.js:1:2)';
  const worker = [
    `    at call (${file}:3:4)`,
    `    at async WorkLoop.run (${file}:5:6)`,
    `    at ${file}:7:8`,
  ];

  const cut = (...lines: string[]): string[] => {
    const error = Object.assign(new Error('no', { cause: new Error('why') }), { stack: lines.join('\n') });
    return own.cut(packError(error)).errors[0]!.stack!.split('\n');
  };

  it('are cut off the end of a stack', () => {
    expect(cut('Error: no', task, ...worker)).toEqual(['Error: no', task]);
    expect(cut('Error: no', task, '    at f (node:internal/process:1:1)', ...worker)).toEqual([
      'Error: no',
      task,
    ]);
    for (const file of ['node:async_hooks', 'ext:deno_node/async_hooks.ts']) {
      const scope = `    at AsyncResource.runInAsyncScope (${file}:203:9)`;
      expect(cut('Error: no', task, worker[0]!, scope, ...worker)).toEqual(['Error: no', task]);
    }
    expect(cut('Error: no', ...worker)).toEqual(['Error: no']);
  });

  it('stay where the task stands below them', () => {
    expect(cut('Error: no', worker[0]!, task, ...worker)).toEqual(['Error: no', worker[0], task]);
  });

  it('are not looked for in a stack that has none', () => {
    const internal = '    at f (node:internal/timers:1:1)';
    for (const lines of [['Error: no', task], ['Error: no', task, internal], ['no stack'], ['']]) {
      expect(cut(...lines)).toEqual(lines);
    }
  });

  it('are cut off the stacks of causes, too', () => {
    const cause = Object.assign(new Error('why'), { stack: ['Error: why', task, ...worker].join('\n') });
    const { errors } = own.cut(packError(Object.assign(new Error('no'), { cause })));
    expect(errors.map(({ stack }) => stack?.split('\n')[1])).toContain(task);
    expect(errors.map(({ stack }) => stack)).not.toContain(cause.stack);
  });
});
