import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ApiFault, ImageFault } from './faults.ts';
import { GALLERY_CLIENT_ID, type GalleryOptions, type GalleryStats } from './gallery-options.ts';
import { drawImage, type GalleryImage } from './images.ts';

/** Requests per hour that the gallery claims to allow; the figures of Imgur's documentation. */
const USER_LIMIT = 500;
const CLIENT_LIMIT = 12_500;

interface Entry {
  image: GalleryImage;
  fault: ImageFault | undefined;
  seen: number;
}

/** Draws the images and makes the server, which does not listen yet. */
export function createGalleryServer(options: GalleryOptions = {}): {
  server: Server;
  stats(): GalleryStats;
} {
  const { images = 24, latency = 100, holdUntil = 0, imageFaults = {}, apiFault } = options;
  // The first number past the gallery's own is the picture that stands for removed images.
  const removed = drawImage(images);
  const listing: { image: GalleryImage; fault: ImageFault | undefined; members: GalleryImage[] }[] = [];
  const byPath = new Map<string, Entry>();
  let next = images + 1;
  for (let index = 0; index < images; index += 1) {
    const image = drawImage(index);
    const fault = imageFaults[index];
    const members: GalleryImage[] = [];
    if (fault?.kind === 'album') {
      for (let count = fault.images ?? 3; count > 0; count -= 1) members.push(drawImage(next++));
    }
    listing.push({ image, fault, members });
    for (const one of fault?.kind === 'album' ? members : [image]) {
      byPath.set(pathOf(one), { image: one, fault, seen: 0 });
    }
  }

  const requests: Record<string, number> = {};
  const waiting = new Set<() => void>();
  let apiRequests = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let held = holdUntil > 0;

  const server = createServer((request, response) => {
    const url = addressOf(request);
    if (url === undefined) return sendApiError(response, 400, 'Bad request');
    requests[url.pathname] = (requests[url.pathname] ?? 0) + 1;
    const page = /^\/3\/gallery\/random\/random(?:\/(\d*))?$/.exec(url.pathname);
    if (request.method !== 'GET') return sendApiError(response, 405, 'Method not allowed');
    if (page) return answerApi(request, response, url.origin, Number(page[1] || 0));
    if (url.pathname === '/removed.png') return sendImage(response, removed);
    return deliver(response, url.pathname);
  });

  function answerApi(
    request: IncomingMessage,
    response: ServerResponse,
    origin: string,
    page: number,
  ): ServerResponse {
    apiRequests += 1;
    const authorization = /^Client-ID\s+(\S+)$/i.exec(request.headers.authorization ?? '');
    if (!authorization) return sendApiError(response, 401, 'Authentication required');
    if (authorization[1] !== GALLERY_CLIENT_ID) {
      return sendApiError(response, 403, 'The client_id provided is invalid.');
    }
    const reset = Math.floor(Date.now() / 1000) + (apiFault?.kind === 'exhausted' ? 3600 : 0);
    response.setHeader('X-RateLimit-UserLimit', USER_LIMIT);
    response.setHeader('X-RateLimit-UserRemaining', Math.max(0, USER_LIMIT - apiRequests));
    response.setHeader('X-RateLimit-UserReset', reset);
    response.setHeader('X-RateLimit-ClientLimit', CLIENT_LIMIT);
    response.setHeader('X-RateLimit-ClientRemaining', Math.max(0, CLIENT_LIMIT - apiRequests));
    if (apiFault && apiRequests <= (apiFault.times ?? Number.POSITIVE_INFINITY)) {
      return spoilApi(response, apiFault);
    }
    const data = page > 0 ? [] : listing.map((entry) => describe(entry, origin));
    return sendJson(response, 200, { data, success: true, status: 200 });
  }

  function deliver(response: ServerResponse, path: string): ServerResponse {
    const entry = byPath.get(path);
    if (!entry) return sendApiError(response, 404, 'Not found');
    entry.seen += 1;
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    if (held && inFlight >= holdUntil) {
      held = false;
      for (const release of waiting) release();
      waiting.clear();
    }
    const attempt = entry.seen;
    const answer = () => setTimeout(() => answerImage(response, entry, attempt), latency);
    if (held) waiting.add(answer);
    else answer();
    return response;
  }

  return { server, stats: () => ({ requests: { ...requests }, maxInFlight }) };
}

/** What a request asks for; `undefined` when that is no address, whatever it is that has found the server's port. */
function addressOf({ url = '/', headers: { host = '127.0.0.1' } }: IncomingMessage): URL | undefined {
  const base = `http://${host}`;
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}

/** The path of an image on the server; the last part is the file's name. */
function pathOf(image: GalleryImage): string {
  return `/${image.id}.${image.extension}`;
}

/** One entry of the listing, in the fields that Imgur documents and that a downloader may look at. */
function describe(
  { image, fault, members }: { image: GalleryImage; fault: ImageFault | undefined; members: GalleryImage[] },
  origin: string,
): object {
  const common = {
    title: `Picture ${image.id}`,
    description: null,
    datetime: 1_500_000_000,
    in_gallery: true,
  };
  const describeImage = (one: GalleryImage) => ({
    ...common,
    id: one.id,
    type: one.type,
    animated: false,
    width: one.width,
    height: one.height,
    size: one.bytes.length,
    link: `${origin}${pathOf(one)}`,
    is_album: false,
  });
  if (fault?.kind === 'album') {
    return {
      ...common,
      id: image.id,
      is_album: true,
      images_count: members.length,
      cover: members[0]?.id ?? null,
      link: `${origin}/a/${image.id}`,
      images: members.map(describeImage),
    };
  }
  if (fault?.kind === 'animated') {
    return { ...describeImage(image), type: 'image/gif', animated: true, link: `${origin}/${image.id}.gif` };
  }
  return describeImage(image);
}

function answerImage(response: ServerResponse, { image, fault }: Entry, attempt: number): ServerResponse {
  const half = image.bytes.subarray(0, image.bytes.length / 2);
  const spoiled = fault && 'times' in fault ? attempt <= (fault.times ?? 1) : attempt <= 1;
  switch (fault?.kind) {
    case 'not-found':
      return sendApiError(response, 404, 'Not found');
    case 'removed':
      return response.writeHead(302, { Location: '/removed.png' }).end();
    case 'flaky':
      return spoiled ? sendApiError(response, 500, 'Internal error') : sendImage(response, image);
    case 'reset':
      if (!spoiled) return sendImage(response, image);
      return response.destroy();
    case 'rate-limited':
      if (!spoiled) return sendImage(response, image);
      response.setHeader('Retry-After', fault.retryAfter ?? 0);
      return sendApiError(response, 429, 'Too many requests');
    case 'truncated':
      response.writeHead(200, { 'Content-Type': image.type, 'Content-Length': image.bytes.length });
      response.write(half, () => response.destroy());
      return response;
    case 'stalled':
      response.writeHead(200, { 'Content-Type': image.type, 'Content-Length': image.bytes.length });
      response.write(half);
      return response;
    case 'html':
      return response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('<h1>Not an image</h1>');
    case 'empty':
      return response.writeHead(200, { 'Content-Type': image.type, 'Content-Length': 0 }).end();
    case 'corrupt':
      return response.writeHead(200, { 'Content-Type': image.type }).end('these bytes are no image');
    default:
      return sendImage(response, image);
  }
}

function spoilApi(response: ServerResponse, { kind }: ApiFault): ServerResponse {
  switch (kind) {
    case 'server-error':
      return sendApiError(response, 500, 'Internal error');
    case 'over-capacity':
      return sendApiError(response, 403, 'Imgur is temporarily over capacity. Please try again later.');
    case 'rate-limited':
    case 'exhausted':
      return sendJson(response, 429, {
        errors: [{ id: 'gallery', code: '429', status: 'Too Many Requests', detail: 'Rate limit exceeded' }],
      });
    case 'errors':
      return sendJson(response, 400, {
        errors: [{ id: 'gallery', code: '400', status: 'Bad Request', detail: 'Unknown gallery section' }],
      });
    case 'unsuccessful':
      return sendJson(response, 200, {
        data: { error: 'Something went wrong' },
        success: false,
        status: 500,
      });
    case 'not-json':
      return response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('<h1>Maintenance</h1>');
    case 'not-a-list':
      return sendJson(response, 200, { data: { id: 'no list' }, success: true, status: 200 });
  }
}

function sendImage(response: ServerResponse, image: GalleryImage): ServerResponse {
  response.writeHead(200, { 'Content-Type': image.type, 'Content-Length': image.bytes.length });
  return response.end(image.bytes);
}

/** Imgur's older shape of error; the newer one is `{errors: [...]}`. */
function sendApiError(response: ServerResponse, status: number, error: string): ServerResponse {
  return sendJson(response, status, { data: { error }, success: false, status });
}

function sendJson(response: ServerResponse, status: number, body: object): ServerResponse {
  return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
