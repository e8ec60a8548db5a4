import { Thread } from '@pkg/pool';

export class EmptyThread extends Thread {
  constructor(words: Int32Array);
  run(): void;
}
