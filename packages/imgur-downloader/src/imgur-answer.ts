import { ClientIdRefused, HttpError, RateLimited, UnexpectedAnswer } from './errors.ts';
import { type Answer, isWhole } from './http-get.ts';
import { printableLink, withoutCredentials } from './printable.ts';
import { rateLimitWait, retryAfter } from './retry-after.ts';

/** The types of image that the lesson downloads. */
const TYPES: readonly unknown[] = ['image/jpeg', 'image/png'];

/**
 * Reads an answer of Imgur's gallery route.
 *
 * @returns the links of its JPEG and PNG images in the order of the gallery, each once; albums count as the
 *   images that the answer lists for them. Links may be shown on a terminal.
 * @throws ClientIdRefused, RateLimited, HttpError, UnexpectedAnswer
 */
export function readGallery(url: string, answer: Answer): string[] {
  const { status } = answer;
  const succeeded = isWhole(status);
  const text = answer.body.toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's error is no cause to hand on: it quotes the answer as it came, and whoever shows it sends that to a terminal.
    if (succeeded) throw new UnexpectedAnswer(url, `expected JSON, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  const detail = errorDetail(body) ?? '';
  if (status === 429 || (status === 403 && /over capacity/i.test(detail))) {
    const wait = (status === 429 ? rateLimitWait : retryAfter)(answer.headers);
    throw new RateLimited(url, status, wait, detail);
  }
  if (status === 401 || status === 403) {
    throw new ClientIdRefused(`${withoutCredentials(url)}: HTTP ${status}${detail && `: ${detail}`}`);
  }
  if (!succeeded) throw new HttpError(url, status, detail, retryAfter(answer.headers));
  if (!isRecord(body) || body['success'] !== true) {
    throw new UnexpectedAnswer(url, `the answer does not report success${detail && `: ${detail}`}`);
  }
  const { data } = body;
  if (!Array.isArray(data)) throw new UnexpectedAnswer(url, `expected a list in "data", got ${typeof data}`);
  return [...linksOf(data)];
}

function linksOf(gallery: readonly unknown[]): Set<string> {
  const links = new Set<string>();
  // What is still to be read, the next one last. No recursion: albums may be nested deeper than calls can be.
  const entries = gallery.toReversed();
  while (entries.length > 0) {
    const entry = entries.pop();
    if (!isRecord(entry)) continue;
    const { is_album: isAlbum, images, type, link } = entry;
    if (isAlbum === true) {
      if (Array.isArray(images)) for (const image of images.toReversed()) entries.push(image);
    } else if (TYPES.includes(type) && typeof link === 'string') {
      links.add(printableLink(link));
    }
  }
  return links;
}

/** What Imgur says about an error: `{errors: [{detail}]}`, `{data: {error}}` or `{data: {error: {message}}}`. */
function errorDetail(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const first: unknown = Array.isArray(body['errors']) ? body['errors'][0] : undefined;
  if (isRecord(first)) return textOf(first['detail'] ?? first['status'] ?? first['code']);
  const error = isRecord(body['data']) ? body['data']['error'] : undefined;
  if (isRecord(error)) return textOf(error['message'] ?? error['code']);
  return typeof error === 'string' ? error : undefined;
}

/**
 * What came out of JSON, in words: objects may have a `toString` of their own. What is nested in it is left out, since that
 * may be deeper than calls can be, and JSON is written by recursion.
 */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, nested) => (nested !== value && isRecord(nested) ? '…' : nested));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
