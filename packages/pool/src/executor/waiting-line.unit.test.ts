import { Queue } from '@pkg/queue';
import { describe, expect, it } from 'vitest';
import { PendingTask } from './pending-task.ts';
import type { TaskRecord } from './protocol.ts';
import { WaitingLine } from './waiting-line.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const taskNamed = (name: string) =>
  new PendingTask(
    name,
    () => {},
    () => {},
  );
const record = (slot: number): TaskRecord => [slot, 0, 0, 0];

function lineFor(maxsize: number) {
  const queue = new Queue<TaskRecord>(maxsize);
  const told: string[] = [];
  const line = new WaitingLine(queue, {
    onPut: () => void told.push('put'),
    left: ({ name }) => void told.push(`${name} left`),
    repair: ({ name }) => void told.push(`${name} repaired`) as undefined,
  });
  return { queue, line, told };
}

describe('a task that leaves the line', () => {
  it('is out of it at once when another one is first', async () => {
    const { queue, line, told } = lineFor(1);
    queue.put(record(0));
    const [first, second] = [taskNamed('first'), taskNamed('second')];
    line.join(first, record(1));
    line.join(second, record(2));
    expect(line.leave(second)).toBe(true);
    expect(second.inLine).toBe(false);
    expect([queue.get(), await queue.getAsync()]).toEqual([record(0), record(1)]);
    await turn();
    expect([told, line.length, queue.qsize()]).toEqual([['put'], 0, 0]);
  });

  it('is told of later when it was first, and waited for a place', async () => {
    const { queue, line, told } = lineFor(1);
    queue.put(record(0));
    const first = taskNamed('first');
    line.join(first, record(1));
    expect(line.leave(first)).toBe(false);
    await turn();
    expect([told, line.length, queue.qsize()]).toEqual([['first left'], 0, 1]);
  });

  it('is not told of when its record is in the queue already, of which the line has not heard yet', async () => {
    const { queue, line, told } = lineFor(1);
    const first = taskNamed('first');
    // There was no place when it was asked for one, and now there is.
    line.join(first, record(1));
    expect(queue.qsize()).toBe(1);
    expect(line.leave(first)).toBe(false);
    await turn();
    expect([told, line.length, queue.qsize()]).toEqual([['put'], 0, 1]);
  });
});

describe('a task that waits for a place', () => {
  it.each<[string, (line: WaitingLine, other: PendingTask, queue: Queue<TaskRecord>) => void, TaskRecord[]]>([
    ['is called off', (line, other) => void line.leave(other), [record(0), record(1)]],
    [
      'finds a place',
      (line, _, queue) => {
        queue.get();
        line.advance();
      },
      [record(2), record(1)],
    ],
  ])('goes on waiting when one that came before it %s in the same turn', async (_, end, expected) => {
    const { queue, line, told } = lineFor(1);
    queue.put(record(0));
    const [waiting, urgent] = [taskNamed('waiting'), taskNamed('urgent')];
    urgent.priority = -1;
    line.join(waiting, record(1));
    line.join(urgent, record(2));
    end(line, urgent, queue);
    await turn();
    expect([told.includes('waiting repaired'), waiting.inLine, line.length]).toEqual([false, true, 1]);
    for (const each of expected) expect(await queue.getAsync()).toEqual(each);
    await turn();
    expect([waiting.inLine, line.length]).toEqual([false, 0]);
  });
});
