import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Line } from './line.ts';

/** Enters and notes when that is settled, and how. */
function enter(line: Line, name: string, log: string[], deadline = Infinity, signal?: AbortSignal) {
  return line.enter(deadline, signal).then(
    (entered) => void log.push(`${name} ${entered}`),
    (reason) => void log.push(`${name} ${reason}`),
  );
}

describe('Line', () => {
  it('lets one after the other go on, in the order in which they came', async () => {
    const line = new Line();
    const log: string[] = [];
    expect(line.tryEnter()).toBe(true);
    expect(line.tryEnter()).toBe(false);
    const second = enter(line, 'second', log);
    const third = enter(line, 'third', log);
    line.leave();
    // Handed over, although the second has not come round yet.
    expect(line.tryEnter()).toBe(false);
    await second;
    expect(log).toEqual(['second true']);
    line.leave();
    await third;
    expect(line.isTaken).toBe(true);
    line.leave();
    expect(line.isTaken).toBe(false);
    expect(line.tryEnter()).toBe(true);
  });

  it('is left by those who are aborted or whose time is over, without a gap', async () => {
    const line = new Line();
    const log: string[] = [];
    const controller = new AbortController();
    line.tryEnter();
    const aborted = enter(line, 'aborted', log, Infinity, controller.signal);
    const late = enter(line, 'late', log, performance.now() + 1);
    const last = enter(line, 'last', log, performance.now() + 2 ** 40);
    controller.abort('called off');
    await aborted;
    await late;
    expect(log).toEqual(['aborted called off', 'late false']);
    line.leave();
    await last;
    expect(log.at(-1)).toBe('last true');
    line.leave();
    expect(line.isTaken).toBe(false);
  });

  it('keeps the time where timers are faked', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const line = new Line();
    const log: string[] = [];
    line.tryEnter();
    await enter(line, 'late', log, performance.now() + 1);
    expect(log).toEqual(['late false']);
  });
});
