/**
 * What is not to reach a terminal as it came: control characters, which move the cursor, colour the screen or begin a line,
 * and marks of direction, by which what is read is not what is there.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A text as one line that may be shown, whoever wrote it: with `\x1b` or `\u202e` in the place of such a character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const digits = character.charCodeAt(0).toString(16);
    return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
  });
}

/**
 * A link that may be shown and leads where `link` does. One that may be shown already is not changed; any other is taken as
 * URLs write it, with such characters percent-encoded, and one that is no URL does not become one.
 */
export function printableLink(link: string): string {
  if (link.search(UNPRINTABLE) === -1) return link;
  return URL.canParse(link) ? new URL(link).href : link.replace(UNPRINTABLE, encodeURIComponent);
}

/** A link as it may be shown to others than those who know it: without `user:password@`, if there is one. */
export function withoutCredentials(link: string): string {
  // Callers may be untyped. What is no URL is shown for its mistake, which may be one letter beside a true password.
  if (!URL.canParse(link)) return String(link).replace(/^([^/?#]*\/\/)[^/?#]*@/, '$1');
  const url = new URL(link);
  if (url.username === '' && url.password === '') return link;
  url.username = '';
  url.password = '';
  return url.href;
}

/** What was thrown, in words: the message of an error, and anything else as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
