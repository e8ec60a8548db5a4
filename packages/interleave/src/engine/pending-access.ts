/**
 * What a step of a thread does, as far as it tells what it depends on: bits 4 and up the 32-bit word that it accesses,
 * bit 3 whether it reaches over the next word too, bits 2 and 1 whether an operation of the history ends or begins in
 * it, bit 0 whether others could see that the access was made.
 */
const visibleBit = 1;
/** An operation of the history begins in the step. */
export const begins = 2;
/** An operation of the history ends in the step. */
export const ends = 4;
const wideBit = 8;
const wordShift = 4;

/** Of a step that is not known (yet): all bits are set, so that marks change nothing. */
export const unknownAccess = -1;

/** `size` in bytes. */
export function accessOf(address: number, size: number, visible: boolean): number {
  return ((address >> 2) << wordShift) | (size === 8 ? wideBit : 0) | (visible ? visibleBit : 0);
}

export const isVisible = (access: number): boolean => (access & visibleBit) !== 0;
export const beginsOperation = (access: number): boolean => (access & begins) !== 0;

export const endsOperation = (access: number): boolean => (access & ends) !== 0;

/** Whether their order can matter: they share a word that at least one of them writes, or waits or notifies at. */
export function areDependent(left: number, right: number): boolean {
  if (((left | right) & visibleBit) === 0) return false;
  // Wide accesses are aligned, so that their two words make one pair.
  const shift = ((left | right) & wideBit) === 0 ? wordShift : wordShift + 1;
  return left >> shift === right >> shift;
}
