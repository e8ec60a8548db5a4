/** What the three programs of the lesson can be given. */
export interface RunOptions {
  /** Client id of an Imgur application; default `IMGUR_CLIENT_ID`, and without it the built-in gallery. */
  clientId?: string | undefined;
  /** Directory for the images; default `images`. */
  dir?: string;
  /** Number of threads or processes, at least 1; default 8. Sequential downloading has one. */
  workers?: number;
}
