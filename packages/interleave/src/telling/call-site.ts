/**
 * The folders of this package's own modules, whose frames are left out of call sites: what is built and, as source maps
 * have it, what it was built from.
 */
const ownFolders = ['dist/', 'src/'].map((folder) => new URL(`../../${folder}`, import.meta.url).href);

/** Parts of the engine that a frame may belong to, told apart from tests that lie in the same folder. */
const ownModule =
  /\/(?:engine|strategy|telling|linearizability)\/[^/]+\.[jt]s(?!.*\.test\.)|\/(?:session|search|explore|replay)\.[jt]s/;

/** Where the code under test stands that called into the model: `file.ts:12`, or '' if no frame tells. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n').slice(1)) {
    const match = /((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()\s]*):(\d+):\d+\)?$/.exec(line);
    if (match === null) continue;
    const [, url, row] = match as unknown as [string, string, string];
    const path = url.startsWith('file:') ? url : `file://${url}`;
    if (ownFolders.some((folder) => path.startsWith(folder)) && ownModule.test(path)) continue;
    if (/^node:|\/node:internal/.test(url)) continue;
    return `${url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf('\\')) + 1)}:${row}`;
  }
  return '';
}
