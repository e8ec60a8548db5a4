import { ClientIdRefused, HttpError, RateLimited, UnexpectedAnswer } from './errors.ts';
import type { Answer } from './http-get.ts';
import { retryAfter } from './request.ts';

/** The types of image that the lesson downloads. */
const TYPES: readonly unknown[] = ['image/jpeg', 'image/png'];

/**
 * Reads an answer of Imgur's gallery route.
 *
 * @returns the links of its JPEG and PNG images in the order of the gallery, each once; albums count as the
 *   images that the answer lists for them
 * @throws ClientIdRefused, RateLimited, HttpError, UnexpectedAnswer
 */
export function readGallery(url: string, answer: Answer): string[] {
  const { status } = answer;
  const succeeded = status >= 200 && status < 300;
  const text = answer.body.toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    if (succeeded) {
      const start = JSON.stringify(text.slice(0, 60));
      throw new UnexpectedAnswer(url, `expected JSON, got ${start}`, { cause });
    }
  }
  const detail = errorDetail(body) ?? '';
  if (status === 429 || (status === 403 && /over capacity/i.test(detail))) {
    throw new RateLimited(url, status, status === 429 ? retryAfter(answer.headers) : undefined, detail);
  }
  if (status === 401 || status === 403) {
    throw new ClientIdRefused(`${url}: HTTP ${status}${detail && `: ${detail}`}`);
  }
  if (!succeeded) throw new HttpError(url, status, detail);
  if (!isRecord(body) || body['success'] !== true) {
    throw new UnexpectedAnswer(url, `the answer does not report success${detail && `: ${detail}`}`);
  }
  const { data } = body;
  if (!Array.isArray(data)) throw new UnexpectedAnswer(url, `expected a list in "data", got ${typeof data}`);
  return [...new Set(data.flatMap(linksOf))];
}

function linksOf(entry: unknown): string[] {
  if (!isRecord(entry)) return [];
  if (entry['is_album'] === true) {
    return Array.isArray(entry['images']) ? entry['images'].flatMap(linksOf) : [];
  }
  const { type, link } = entry;
  return TYPES.includes(type) && typeof link === 'string' ? [link] : [];
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

/** What came out of JSON, in words: objects may have a `toString` of their own. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : JSON.stringify(value);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
