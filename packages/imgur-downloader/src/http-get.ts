import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { directAgent } from './direct-agent.ts';
import { AnswerTooLarge, HttpError } from './errors.ts';
import { withoutCredentials } from './printable.ts';
import { webAddress } from './web-address.ts';

// Importing node:http makes Node 22 and later load all of fetch with it, in every thread that does so.
const { get: httpGet, STATUS_CODES } = process.getBuiltinModule('node:http');

/** A whole answer. */
export interface Answer {
  /** The address that answered: the last one, after redirects. */
  url: string;
  /** Whether that is another one than was asked first, because a server said so. */
  redirected: boolean;
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const MAX_REDIRECTS = 5;

/** How much is shown of where a redirect leads. */
const MAX_SHOWN = 200;

/** What HTTP calls a status, if it has a name for it. */
export const statusText = (status: number): string | undefined => STATUS_CODES[status];

/**
 * Whether an answer of that status has in it the whole of what was asked for: 200, and 203, for which a proxy has changed it.
 * The other successes bring a part of it (206), or something else, or nothing.
 */
export const isWhole = (status: number): boolean => status === 200 || status === 203;

/**
 * Gets `url`, follows redirects, and reads the answer to its end. Rejects with the error of the connection, also
 * when it breaks before the end; answers of every status resolve.
 *
 * Not `fetch`: loading that takes a thread as much time as starting, and eight threads do both.
 *
 * @throws AnswerTooLarge when the answer has more than `maxBytes` bytes; the rest of it is not read; HttpError for a redirect to what is
 *   no http or https address, and for the sixth redirect
 */
export async function httpGetWhole(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Answer> {
  let address = new URL(url);
  let sent: Record<string, string> = {
    'User-Agent': 'imgur-downloader',
    // Nothing here would undo an encoding, and without this header servers may choose one.
    'Accept-Encoding': 'identity',
    ...headers,
  };
  for (let redirects = 0; ; redirects += 1) {
    const message = await send(address, sent, signal);
    const { statusCode: status = 0, headers: received } = message;
    if (status >= 300 && status < 400 && received.location !== undefined) {
      // Read to its end, a redirect's body may take for ever and keep the connection, and with it the program, alive:
      // the time limit ends with this call. One that is here already hands its connection on.
      if (message.complete) message.resume();
      else message.destroy();
      if (redirects === MAX_REDIRECTS) {
        throw new HttpError(url, status, `redirects more than ${MAX_REDIRECTS} times`);
      }
      const location = asWritten(received.location);
      const next = webAddress(location, address);
      if (next === undefined) {
        const target = JSON.stringify(withoutCredentials(location).slice(0, MAX_SHOWN));
        throw new HttpError(url, status, `redirects to ${target}, which is no http or https address`);
      }
      // Credentials are for the server that they were meant for.
      if (next.origin !== address.origin) {
        const { Authorization: _, ...others } = sent;
        sent = others;
      }
      address = next;
      continue;
    }
    const body = await readWhole(message, maxBytes);
    if (body === undefined) throw new AnswerTooLarge(url, maxBytes);
    return { url: address.href, redirected: redirects > 0, status, headers: received, body };
  }
}

/** The body of an answer; `undefined` when it has more than `maxBytes` bytes, and the connection has been ended for it. */
async function readWhole(message: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(message.headers['content-length']) > maxBytes) {
    message.destroy();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // A return in the middle destroys the message.
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) return undefined;
      chunks.push(chunk);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    // Node's own says "aborted", as if somebody had wanted that.
    throw new Error('the connection broke in the middle of the answer', { cause: error });
  }
  return Buffer.concat(chunks, length);
}

/**
 * The text of a header as the server wrote it. Node takes its bytes for Latin-1, but servers that do not escape an address
 * write UTF-8, as a rule.
 */
function asWritten(header: string): string {
  const text = Buffer.from(header, 'latin1').toString();
  return text.includes('\ufffd') ? header : text;
}

async function send(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // TLS is loaded by those who need it: the built-in gallery does not.
  const get = url.protocol === 'https:' ? process.getBuiltinModule('node:https').get : httpGet;
  return await new Promise((resolve, reject) => {
    const asked = get(url, { headers, signal, agent: directAgent(url) }, resolve).once('error', reject);
    // An answer that Node has no use for, such as that to another protocol, ends the connection without an error.
    asked.once('close', () => reject(new Error('the connection was closed without an answer')));
  });
}
