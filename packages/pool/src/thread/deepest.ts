/**
 * How many levels of objects may lie within each other. The stacks of both threads have to suffice, whatever is on them
 * already and whether the engine has compiled this or not: a main thread's, of 1 MB, did for 1100 levels to be packed and for
 * 1900 to be read; a worker's, of 4 MB, does for more, so it could send what nobody can read.
 */
export const DEEPEST = 500;
