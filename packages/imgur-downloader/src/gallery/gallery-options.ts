import type { ApiFault, ImageFault } from './faults.ts';

/** How a gallery behaves. Everything in it is structured-cloneable. */
export interface GalleryOptions {
  /** How many entries the gallery lists: a whole number, at least 1; default 24. */
  images?: number;
  /** How long each image takes to arrive, in milliseconds: at least 0, default 100. The API route answers at once. */
  latency?: number;
  /** For tests: hold images back until this many requests for images are in flight at the same time. */
  holdUntil?: number;
  /** For tests: what goes wrong with the image of that number, counted from 0. */
  imageFaults?: Record<number, ImageFault>;
  /** For tests: what goes wrong with the API route. */
  apiFault?: ApiFault;
}

/** What a gallery has seen so far. */
export interface GalleryStats {
  /** Number of requests for each path, without the query. */
  requests: Record<string, number>;
  /** The highest number of requests for images that were in flight at the same time. */
  maxInFlight: number;
}

/** The only client id that the gallery accepts. */
export const GALLERY_CLIENT_ID = 'built-in-gallery';
