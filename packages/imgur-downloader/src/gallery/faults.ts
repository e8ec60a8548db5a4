/**
 * What the gallery does wrong on purpose with one image, so that tests meet every failure of the real
 * network:
 * - `not-found`: 404
 * - `removed`: redirects to `/removed.png`, as Imgur does
 * - `flaky`: 500 for the first `times` requests (default 1), then the image
 * - `rate-limited`: 429 with `Retry-After: retryAfter` seconds (default 0) for the first `times` requests
 *   (default 1), then the image
 * - `reset`: closes the connection without an answer for the first `times` requests (default 1)
 * - `truncated`: promises the whole image, sends half and closes the connection, each time
 * - `stalled`: sends the headers and half of the image, then nothing more
 * - `html`, `empty`, `corrupt`: a page, no bytes, or bytes that are no image, all with status 200
 * - `album`: not a fault: the entry is an album of `images` images (default 3)
 * - `animated`: not a fault: the entry is an `image/gif`, which the lesson passes over
 */
export type ImageFault =
  | { kind: 'not-found' | 'removed' | 'truncated' | 'stalled' | 'html' | 'empty' | 'corrupt' | 'animated' }
  | { kind: 'flaky' | 'reset'; times?: number }
  | { kind: 'rate-limited'; times?: number; retryAfter?: number }
  | { kind: 'album'; images?: number };

/**
 * What the gallery's API route does wrong on purpose: the shapes of error that Imgur is known to answer.
 * `times` is how many requests it spoils before it works (default: all of them).
 */
export type ApiFault = {
  kind:
    | 'server-error' // 500
    | 'over-capacity' // 403 with "over capacity" in data.error
    | 'rate-limited' // 429 with {errors: [...]}, X-RateLimit-UserReset in the past
    | 'exhausted' // the same with X-RateLimit-UserReset an hour ahead
    | 'errors' // 400 with {errors: [...]}
    | 'unsuccessful' // 200 with success: false
    | 'not-json' // 200 with a page
    | 'not-a-list'; // 200 whose data is no list
  times?: number;
};
