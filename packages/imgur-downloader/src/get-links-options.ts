import type { RequestOptions } from './request.ts';

/** Options of `getLinks`. */
export interface GetLinksOptions extends RequestOptions {
  /**
   * Base address of the API, http or https; default: the environment's `IMGUR_API_BASE`, else `https://api.imgur.com`. Empty:
   * that of Imgur, whatever the environment says.
   */
  apiBase?: string | undefined;
  /** Page of the gallery, from 0; default 0. */
  page?: number;
  /** Told which API is in use, before the request; default: a line on stderr. */
  announce?: (message: string) => void;
}
