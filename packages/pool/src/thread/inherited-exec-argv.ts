/** Says of what type the text on the command line or on stdin is. Node refuses to load a file where it is given. */
const INPUT_TYPE = /^--input[-_]type(=|$)/;

/** Comes with a text, which is the program of the main thread alone. */
const TEXT = /^(-e|-p|-pe|--eval|--print)(=|$)/;

/**
 * Node options for a worker whose maker gives none: undefined, with which Node passes on those of this thread, unless they
 * are of a program that is no file (`node --input-type=module -e …`). Then those are left out that are for its text.
 *
 * @param own options of this thread, as `process.execArgv`
 */
export function inheritedExecArgv(own: readonly string[] = process.execArgv): string[] | undefined {
  if (!own.some((option) => INPUT_TYPE.test(option))) return undefined;
  const passedOn: string[] = [];
  for (let i = 0; i < own.length; i++) {
    const option = own[i]!;
    if (!INPUT_TYPE.test(option) && !TEXT.test(option)) passedOn.push(option);
    // What belongs to it may stand for itself.
    else if (!option.includes('=')) i++;
  }
  return passedOn;
}
