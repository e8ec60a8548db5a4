import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';

let canReceive: boolean | undefined;

/** Whether this engine takes messages off a `BroadcastChannel` without its event loop. Deno and Bun do not. */
export function canReceiveFromChannels(): boolean {
  canReceive ??= tryOut();
  return canReceive;
}

/** Deno throws, and Bun says that there is no message, so nothing but a message tells. */
function tryOut(): boolean {
  const name = crypto.randomUUID();
  const sender = new BroadcastChannel(name);
  const receiver = new BroadcastChannel(name);
  try {
    sender.postMessage(0);
    return receiveMessageOnPort(receiver as never) !== undefined;
  } catch {
    return false;
  } finally {
    sender.close();
    receiver.close();
  }
}

/** Takes the next message off a channel, without the event loop; undefined if there is none, or none is to be had like that. */
export function receiveFromChannel(channel: BroadcastChannel): { message: unknown } | undefined {
  return canReceiveFromChannels() ? receiveMessageOnPort(channel as never) : undefined;
}
