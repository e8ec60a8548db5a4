import { onExit } from '#platform';
import { perThread } from './per-thread.ts';

/** One list for all copies and realms of a thread: of two that want to be last, neither would come to rest. */
const atExit = perThread('@pkg/sync.at-exit', () => ({
  actions: [] as ((isLast: boolean) => void)[],
  isListening: false,
}));

/**
 * Has `action` done when this thread exits by itself: after all that the program does at its exit, and before the actions
 * that were handed in earlier. Does not block.
 *
 * @param action told whether it is certain that none of the program's code runs any more
 */
export function lastAtExit(action: (isLast: boolean) => void): void {
  atExit.actions.push(action);
  if (atExit.isListening) return;
  atExit.isListening = true;
  onExit((isLast) => {
    for (const each of [...atExit.actions].reverse()) each(isLast);
  });
}
