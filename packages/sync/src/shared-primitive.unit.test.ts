import { createContext } from 'node:vm';
import { MessageChannel, moveMessagePortToContext, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Barrier, Condition, Event, Mutex, type PrimitiveHandle, Semaphore } from './index.ts';

/** What a message becomes in another realm. */
function inAnotherRealm<T>(message: T): T {
  const { port1, port2 } = new MessageChannel();
  const moved = moveMessagePortToContext(port2, createContext({}));
  port1.postMessage(message);
  const received = receiveMessageOnPort(moved as never) as { message: T };
  port1.close();
  return received.message;
}

describe('a handle', () => {
  it.each([new Mutex(), new Condition(), new Semaphore(), new Event(), new Barrier(2)])(
    'may come out of another realm: %o',
    (primitive) => {
      const handle = inAnotherRealm(primitive.handle as PrimitiveHandle);
      expect((handle as unknown as { memory: object }).memory instanceof SharedArrayBuffer).toBe(false);
      const from = (primitive.constructor as unknown as { from(handle: PrimitiveHandle): object }).from;
      expect(from(handle)).toBeInstanceOf(primitive.constructor);
    },
  );

  it('that lost its memory on the way is refused as such', () => {
    const handle = JSON.parse(JSON.stringify(new Mutex().handle)) as PrimitiveHandle;
    expect(() => Mutex.from(handle)).toThrow(
      'Mutex.from() takes the handle of a Mutex, not a handle whose memory is an Object and whose threads are an Object',
    );
  });
});
