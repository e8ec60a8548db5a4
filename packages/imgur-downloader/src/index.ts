export { type Measurement, main as compare } from './compare.ts';
export { downloadLink, getLinks, setupDownloadDir } from './download.ts';
export {
  AnswerTooLarge,
  ClientIdRefused,
  DownloadError,
  DownloadsFailed,
  GalleryClosed,
  HttpError,
  ImageNotFound,
  ImageRemoved,
  InvalidLink,
  NetworkFailure,
  NotAnImage,
  NotWritable,
  RateLimited,
  RequestTimeout,
  UnexpectedAnswer,
} from './errors.ts';
export type { ApiFault, ImageFault } from './gallery/faults.ts';
export { Gallery, startGallery } from './gallery/gallery.ts';
export type { GalleryOptions, GalleryStats } from './gallery/gallery-options.ts';
export type { GetLinksOptions } from './get-links-options.ts';
export type { RequestOptions } from './request.ts';
export { DownloadWorker } from './threads.ts';
