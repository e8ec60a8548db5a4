import { describe, expect, it } from 'vitest';
import { TaskStream } from './task-stream.ts';

/** A stream of which two items have arrived. */
function arrived(): TaskStream {
  const stream = new TaskStream(
    () => {},
    () => {},
  );
  stream.push(1);
  stream.push(2);
  return stream;
}

describe('a stream', () => {
  it('gives the items that have arrived before the error of its task', async () => {
    const stream = arrived();
    expect(stream.fail(new Error('no more'))).toBe(true);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(await stream.next()).toEqual({ done: false, value: 2 });
    await expect(stream.next()).rejects.toThrow('no more');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects at once when it is called off, with no item that has arrived', async () => {
    const stream = arrived();
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(stream.callOff(new Error('enough'))).toBe(true);
    stream.push(3);
    await expect(stream.next()).rejects.toThrow('enough');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('keeps its items when it is called off after its end', async () => {
    const stream = arrived();
    stream.end();
    expect(stream.callOff(new Error('too late'))).toBe(false);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(await stream.next()).toEqual({ done: false, value: 2 });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
