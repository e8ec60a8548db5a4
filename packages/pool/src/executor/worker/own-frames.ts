import type { PackedError } from '../../thread/error-travel.ts';

/** `    at name (file:line:column)`, with or without the name: the file. */
const FRAME = /^\s+at (?:.* \()?(?:async )?(.+):\d+:\d+\)?$/;

/** How Node's own modules are named, and Deno's. */
const ENGINES_OWN = /^(?:node|ext):/;

const fileOf = (line: string): string | undefined => FRAME.exec(line)?.[1];

/**
 * The frames by which a worker came to its task. They stand at the end of the stack of what the task throws, and say nothing to
 * the user. Which they are is told by the files of the frames of whoever makes this object, as the engine shows them: in a
 * bundle or not, by path or by address, and through source maps.
 */
export class OwnFrames {
  /** Its stack becomes text, which takes its time, only when an error is to be told of. */
  readonly #here: { readonly stack?: unknown } = {};
  #files: Set<string | undefined> | undefined;

  constructor() {
    Error.captureStackTrace(this.#here);
  }

  /** Cuts them off the stacks of what was thrown. Frames further up stay: the task's, and of what it called in this package. */
  cut(packed: PackedError): PackedError {
    for (const error of packed.errors) {
      if (error.stack !== undefined) error.stack = this.#withoutOwn(error.stack);
    }
    return packed;
  }

  #withoutOwn(stack: string): string {
    this.#files ??= new Set(textOf(this.#here).split('\n').map(fileOf));
    const lines = stack.split('\n');
    let end = lines.length;
    for (let last = end - 1; last >= 0; last--) {
      const file = fileOf(lines[last]!);
      if (file === undefined) break;
      // Between the worker and the task may be what the engine does.
      const isInternal = ENGINES_OWN.test(file);
      if (!isInternal && !this.#files.has(file)) break;
      if (!isInternal || end < lines.length) end = last;
    }
    return lines.slice(0, end).join('\n');
  }
}

/** The user's settings of `Error` may leave no text, or throw. */
function textOf(captured: { readonly stack?: unknown }): string {
  try {
    return typeof captured.stack === 'string' ? captured.stack : '';
  } catch {
    return '';
  }
}
