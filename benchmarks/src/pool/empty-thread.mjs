import { Thread } from '@pkg/pool/thread';

/** Says that it runs, and ends. */
export class EmptyThread extends Thread {
  static url = import.meta.url;

  constructor(words) {
    super({ daemon: true });
    this.words = words;
  }

  run() {
    Atomics.add(this.words, 0, 1);
    Atomics.notify(this.words, 0);
  }
}
