/** A signal that follows another one. */
export interface Followed {
  /** Aborts as the other one does, with its reason. */
  signal: AbortSignal;
  /** Ends that. */
  forget(): void;
}

/**
 * A signal of one's own that follows `signal`. That has one listener, however many follow it: a program has one signal for
 * its end and many downloads that it calls off, and Node 20 warns of a leak from the eleventh listener on.
 */
export async function followed(signal: AbortSignal): Promise<Followed> {
  // Loaded by those who need it: the processes never do.
  const { whenAborted } = await import('@pkg/sync/kernel');
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  return { signal: controller.signal, forget: whenAborted(signal, abort) };
}
