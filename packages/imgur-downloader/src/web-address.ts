/**
 * An http or https address, or `undefined` when `text` is none.
 *
 * @param from what it is relative to, if it is not whole
 */
export function webAddress(text: string, from?: URL): URL | undefined {
  if (!URL.canParse(text, from?.href)) return undefined;
  const address = new URL(text, from);
  return address.protocol === 'http:' || address.protocol === 'https:' ? address : undefined;
}
