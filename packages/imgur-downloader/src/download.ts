import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkGetLinksOptions, checkRequestOptions } from './check-request-options.ts';
import { mistaken } from './checks.ts';
import {
  ClientIdRefused,
  HttpError,
  ImageNotFound,
  ImageRemoved,
  InvalidLink,
  NotAnImage,
  NotWritable,
  RateLimited,
} from './errors.ts';
import type { GetLinksOptions } from './get-links-options.ts';
import { type Answer, isWhole, statusText } from './http-get.ts';
import { readGallery } from './imgur-answer.ts';
import { makeDirectory } from './make-directory.ts';
import { isPartName, removeParts, writeWhole } from './part-file.ts';
import { withoutCredentials } from './printable.ts';
import { type RequestOptions, request } from './request.ts';
import { rateLimitWait, retryAfter } from './retry-after.ts';
import { webAddress } from './web-address.ts';

/** Where the API is when neither `apiBase` nor `IMGUR_API_BASE` says otherwise, or the first of them is empty. */
const IMGUR_API = 'https://api.imgur.com';

/**
 * Asks Imgur for its random gallery.
 *
 * Without a client id the built-in gallery answers instead, a server on loopback that the first call
 * starts; it needs neither an account nor a network.
 *
 * @param clientId the client id of your Imgur application; `undefined` or `''` for the built-in gallery
 * @returns the links of all JPEG and PNG images, those in albums included
 * @throws ClientIdRefused when Imgur refuses the client id, or `apiBase` is set and there is none
 * @throws RateLimited, HttpError, NetworkFailure, RequestTimeout when the API cannot be asked
 * @throws UnexpectedAnswer, AnswerTooLarge when its answer makes no sense
 * @throws TypeError, RangeError naming an option whose value is of a wrong type or out of bounds, or `IMGUR_API_BASE` if it
 *   is no address; nobody has been asked then
 * @example
 * ```ts
 * const links = await getLinks(process.env.IMGUR_CLIENT_ID);
 * ```
 */
export async function getLinks(clientId?: string, options: GetLinksOptions = {}): Promise<string[]> {
  checkGetLinksOptions(options);
  const { page = 0, announce = console.error } = options;
  let id = clientId;
  let base = options.apiBase ?? process.env['IMGUR_API_BASE'];
  if (base && webAddress(base) === undefined) {
    const name = options.apiBase === undefined ? 'IMGUR_API_BASE' : 'options.apiBase';
    throw mistaken(name, 'an http or https address', withoutCredentials(base));
  }
  if (!id && base) throw new ClientIdRefused(`${withoutCredentials(base)}: no client id given`);
  if (id) {
    if (!/^[!-~]+$/.test(id)) throw new ClientIdRefused(`${JSON.stringify(id)} cannot be a client id`);
    base ||= IMGUR_API;
    announce(`Using the Imgur API at ${withoutCredentials(base)}`);
  } else {
    // Loaded when it is needed: a download thread imports this module too, and never needs it.
    const { defaultGallery } = await import('./gallery/default-gallery.ts');
    const gallery = await defaultGallery();
    id = gallery.clientId;
    base = gallery.url;
    announce(`No Imgur client id is set: using the built-in gallery at ${base}`);
  }
  const url = galleryRoute(base, page);
  const headers = { Authorization: `Client-ID ${id}` };
  return await request(url, headers, (answer) => readGallery(url, answer), options);
}

/** The route below the path of the base, whose query, the key of a gateway say, stays the query. */
function galleryRoute(base: string, page: number): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/3/gallery/random/random/${page}`;
  url.hash = '';
  return url.href;
}

/**
 * Downloads one image to a file in the directory, named as the last part of the link's path, and checks that it is one:
 * status, type, first bytes. The file appears under its name only when it is whole; one that is there already is replaced.
 *
 * @param directory an existing directory
 * @param link an http or https address whose path ends in a file name; its query is not part of the name
 * @returns the path of the file
 * @throws ImageNotFound, ImageRemoved, NotAnImage, AnswerTooLarge, InvalidLink: this link has no image
 * @throws RateLimited, HttpError, NetworkFailure, RequestTimeout: it could not be fetched, in any attempt
 * @throws NotWritable when the file cannot be written
 * @throws TypeError, RangeError naming an option whose value is of a wrong type or out of bounds; nobody has been asked then
 * @example
 * ```ts
 * await downloadLink('images', 'https://i.imgur.com/jKXPBMz.jpg'); // images/jKXPBMz.jpg
 * ```
 */
export async function downloadLink(
  directory: string,
  link: string,
  options: RequestOptions = {},
): Promise<string> {
  checkRequestOptions(options);
  const path = join(directory, fileNameOf(link));
  const bytes = await request(link, {}, (answer) => readImage(link, answer), options);
  try {
    await writeWhole(path, bytes);
  } catch (error) {
    throw new NotWritable(path, error);
  }
  return path;
}

/**
 * Makes the directory for the images, unless it is there, and clears away what an earlier run that was
 * killed left half-written.
 *
 * @param name default `images`, in the working directory
 * @returns its absolute path
 * @throws NotWritable when it cannot be made, is a file, or may not be written to
 */
export async function setupDownloadDir(name = 'images'): Promise<string> {
  const directory = resolve(name);
  try {
    await makeDirectory(directory);
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new NotWritable(directory, error);
  }
  await removeParts(directory);
  return directory;
}

/**
 * The name of the file that a link is downloaded to, in whatever directory.
 *
 * @throws InvalidLink when it is no http or https address whose path ends in a file name that may be used
 */
export function fileNameOf(link: string): string {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    throw new InvalidLink(link, 'it is not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidLink(link, `expected http: or https:, not ${url.protocol}`);
  }
  // A URL's path holds neither `..` nor a bare `\`, so that its last part stays inside the directory.
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  if (name === '') throw new InvalidLink(link, 'its path names no file');
  if (isPartName(name)) throw new InvalidLink(link, 'files that are being written have such names');
  return name;
}

function readImage(link: string, { url, redirected, status, headers, body }: Answer): Uint8Array {
  if (status === 404 || status === 410) throw new ImageNotFound(link, status);
  if (status === 429) throw new RateLimited(link, status, rateLimitWait(headers));
  if (!isWhole(status)) throw new HttpError(link, status, statusText(status), retryAfter(headers));
  if (redirected && new URL(url).pathname.endsWith('/removed.png')) throw new ImageRemoved(link);
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'no content type';
  if (type !== 'image/jpeg' && type !== 'image/png') throw new NotAnImage(link, type);
  if (body.length === 0) throw new NotAnImage(link, 'an empty file');
  if (!hasImageMagic(body)) {
    const start = Array.from(body.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new NotAnImage(link, `bytes that start with ${start}`);
  }
  return body;
}

/** The signatures of both types. Which of the two it is may differ from the content type: Imgur converts. */
const SIGNATURES = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
];

function hasImageMagic(bytes: Uint8Array): boolean {
  return SIGNATURES.some((signature) => signature.every((byte, at) => bytes[at] === byte));
}
