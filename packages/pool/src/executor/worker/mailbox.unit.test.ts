import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { Control } from '../control.ts';
import { TaskWords } from '../task-words.ts';
import { Mailbox } from './mailbox.ts';

const { port1, port2 } = new MessageChannel();
afterEach(() => port1.close());

describe('a mailbox', () => {
  it('keeps the arguments that nobody has taken from a later task of the same slot and generation', () => {
    const control = Control.create(1, 1, 0);
    const words = TaskWords.create();
    const mailbox = new Mailbox(port2, control.row(0), words, 0, () => {});
    const post = (ticket: number, value: string) => {
      const args = { fields: { args: [value] }, placeholders: [] };
      port1.postMessage({ type: 'args', slot: 3, generation: words.begin(3), ticket, args });
      control.row(0).countMail();
    };
    post(0, 'the first');
    for (let task = 1; task < 2 ** 16; task++) words.begin(3);
    // The generation comes round again, and the arguments of this one have yet to be asked for.
    expect(mailbox.argsOf(1)).toBeUndefined();
    post(1, 'the second');
    expect(mailbox.argsOf(1)?.fields).toEqual({ args: ['the second'] });
    expect(mailbox.argsOf(1)).toBeUndefined();
  });

  it('says ever after that it could not read something', () => {
    const { port1: owner, port2: port } = new MessageChannel();
    const control = Control.create(1, 1, 0);
    const mailbox = new Mailbox(port, control.row(0), TaskWords.create(), 0, () => {});
    control.row(0).countMail();
    // As the event loop does where the message lies too deep for the stack.
    port.emit('messageerror', new RangeError('too deep'));
    for (const look of [() => mailbox.collect(), () => mailbox.argsOf(1), () => mailbox.waitForArgs(1, 0)]) {
      expect(mailbox.hasMail).toBe(true);
      expect(look).toThrow('too deep');
    }
    owner.close();
  });

  it('waits no more for the arguments of a task that was cancelled', () => {
    const control = Control.create(1, 1, 0);
    const words = TaskWords.create();
    const mailbox = new Mailbox(new MessageChannel().port2, control.row(0), words, 0, () => {});
    words.begin(0);
    words.cancel(0);
    expect(mailbox.waitForArgs(7, 0)).toBeUndefined();
  });
});
