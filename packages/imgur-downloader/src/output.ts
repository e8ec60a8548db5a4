/** Exit code of a program whose reader has gone: what a shell shows for one that SIGPIPE ended, which Node ignores. */
const READER_GONE = 141;

/**
 * Calls `end` once, with an exit code, when stdout cannot be written to: without a word when its reader has closed it
 * (`| head -1`), as other tools end then; else after one line on stderr.
 */
export function watchOutput(end: (code: number) => void): void {
  let failed = false;
  // Stays there: each write that fails is told of, and one that nobody listens to ends the program with a stack.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed) return;
    failed = true;
    if (error.code === 'EPIPE') return end(READER_GONE);
    console.error(`cannot write to stdout: ${error.message}`);
    end(1);
  });
  // Whoever reads that has gone too, and nobody is left to be told. The exit code still says how the program ended.
  process.stderr.on('error', () => {});
}
