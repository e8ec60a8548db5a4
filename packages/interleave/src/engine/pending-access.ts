/**
 * The access that a suspended thread stands before, as far as it tells what it depends on: bits 3 and up the 32-bit
 * word, bit 2 whether it reaches over the next word too, bit 1 whether an operation of the history begins with it, bit
 * 0 whether others could see that it was made.
 */
const visibleBit = 1;
const beginsBit = 2;
const wideBit = 4;
const wordShift = 3;

/** Of a thread that has not begun, was just woken, or is on the stack. */
export const unknownAccess = -1;

/** `size` in bytes. */
export function accessOf(address: number, size: number, visible: boolean, begins: boolean): number {
  return (
    ((address >> 2) << wordShift) |
    (size === 8 ? wideBit : 0) |
    (begins ? beginsBit : 0) |
    (visible ? visibleBit : 0)
  );
}

export const isVisible = (access: number): boolean => (access & visibleBit) !== 0;
export const beginsOperation = (access: number): boolean => (access & beginsBit) !== 0;

/** Whether their order can matter: they share a word that at least one of them writes, or waits or notifies at. */
export function areDependent(left: number, right: number): boolean {
  if (((left | right) & visibleBit) === 0) return false;
  // Wide accesses are aligned, so that their two words make one pair.
  const shift = ((left | right) & wideBit) === 0 ? wordShift : wordShift + 1;
  return left >> shift === right >> shift;
}
