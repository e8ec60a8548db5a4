/** The first act of a thread, before anything of the user's is loaded. */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { workerEntry } from '../worker-entry.ts';
import { CALLED_OFF, LOADING, STARTING, STATE, STATE_BYTES, type ThreadData } from './protocol.ts';

/** Runs a thread to its end whose module cannot be loaded; tells what it posted and where it left STATE. */
async function run(state: number): Promise<{ posted: unknown; left: number }> {
  const words = new Int32Array(new SharedArrayBuffer(STATE_BYTES));
  Atomics.store(words, STATE, state);
  const { port1, port2 } = new MessageChannel();
  const data: ThreadData = {
    url: 'data:text/javascript,throw new Error("loaded")',
    className: 'None',
    name: 'none',
    daemon: false,
    packed: { fields: {}, placeholders: [] },
    state: words.buffer,
    outcomes: port2,
    liveness: undefined,
  };
  const { script, eval: isText } = workerEntry();
  const worker = new Worker(script, { workerData: data, eval: isText, transferList: [port2] });
  await new Promise((resolve) => worker.once('exit', resolve));
  const posted = receiveMessageOnPort(port1)?.message as unknown;
  port1.close();
  return { posted, left: Atomics.load(words, STATE) };
}

describe('a thread', () => {
  it('loads the module when nobody has called it off', async () => {
    const { posted, left } = await run(STARTING);
    expect(posted).toMatchObject({ type: 'load-failed' });
    expect(left).toBeGreaterThan(LOADING);
  });

  it('that was called off ends without loading anything', async () => {
    expect(await run(CALLED_OFF)).toEqual({ posted: undefined, left: CALLED_OFF });
  });
});
