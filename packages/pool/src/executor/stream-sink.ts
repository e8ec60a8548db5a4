/** Where the items of a task that streams go. */
export interface StreamSink {
  /** Whether no item will arrive any more. */
  readonly isOver: boolean;
  /** An item has arrived. */
  push(item: unknown): void;
  /** The task is done: items that have arrived can still be had. False if it had ended before. */
  end(): boolean;
  /**
   * The task has failed: after the items that have arrived, the error. False if it had ended before.
   *
   * @param isOwn whether the stack of the error may be added to
   */
  fail(error: unknown, isOwn?: boolean): boolean;
  /** The task was cancelled: the error at once, and no more items. False if it had ended before. */
  callOff(error: unknown): boolean;
}
