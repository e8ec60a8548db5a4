import { Thread } from '@pkg/pool';
import type { Queue } from '@pkg/queue';

export class Squarer extends Thread {
  static override readonly url = import.meta.url;
  readonly numbers: Queue<number>;
  readonly squares: Queue<number>;

  constructor(numbers: Queue<number>, squares: Queue<number>) {
    super({ daemon: true });
    this.numbers = numbers;
    this.squares = squares;
  }

  override run(): void {
    for (;;) {
      const n = this.numbers.get();
      this.squares.put(n * n);
      this.numbers.taskDone();
    }
  }
}
