import { type Gallery, startGallery } from './gallery.ts';
import type { GalleryOptions } from './gallery-options.ts';

let running: Promise<Gallery> | undefined;

/**
 * The gallery of this process that stands in for Imgur when there is no client id. The first call starts
 * it; `options` count in that call only. Further calls return the same gallery, unless it could not be
 * started: then the next call tries again.
 */
export function defaultGallery(options?: GalleryOptions): Promise<Gallery> {
  running ??= startGallery(options).catch((error) => {
    running = undefined;
    throw error;
  });
  return running;
}
