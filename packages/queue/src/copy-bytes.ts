type Copy = (
  this: Uint8Array,
  target: Uint8Array,
  targetStart: number,
  sourceStart: number,
  sourceEnd: number,
) => number;

/** Node's own way to copy, where there is one. Of V8's, what shared memory takes is up to twice the time. */
const nodeCopy = findNodeCopy();

/** What stands for `Buffer` in browsers may refuse arrays that are none of its own. */
function findNodeCopy(): Copy | undefined {
  const copy = (globalThis as { Buffer?: { prototype: { copy?: Copy } } }).Buffer?.prototype.copy;
  try {
    return copy?.call(new Uint8Array(2), new Uint8Array(2), 0, 0, 1) === 1 ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** Copies bytes `from` to `end` of `source`, one or more, to byte `to` of `target`; one of the two is shared by threads. */
export function copyBytes(
  source: Uint8Array,
  from: number,
  end: number,
  target: Uint8Array,
  to: number,
): void {
  if (nodeCopy === undefined) target.set(source.subarray(from, end), to);
  else {
    // All but the last byte: a whole array is what Node 22 and 24 leave to V8.
    nodeCopy.call(source, target, to, from, end - 1);
    target[to + end - from - 1] = source[end - 1]!;
  }
}
