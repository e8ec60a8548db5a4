import { describe, expect, it } from 'vitest';
import { printable, printableLink, withoutCredentials } from './printable.ts';

const UNPRINTABLE = [
  '\0',
  '\t',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u009b',
  '\u061c',
  '\u200e',
  '\u2028',
  '\u202e',
  '\u2069',
];

describe('printable', () => {
  it('shows what would move the cursor, begin a line or turn the text round', () => {
    expect(printable('a\u001b]0;b\u0007\n\u009b\u2028\u202ec')).toBe(
      'a\\x1b]0;b\\x07\\x0a\\x9b\\u2028\\u202ec',
    );
    for (const character of UNPRINTABLE) expect(printable(character)).toMatch(/^\\(x..|u....)$/);
  });

  it('leaves every other character, whatever its script', () => {
    const text = ' ~äж漢שלום👩‍🚀\ud800\\x1b';
    expect(printable(text)).toBe(text);
  });
});

describe('printableLink', () => {
  it.each([
    'https://i.imgur.com/jKXPBMz.jpg',
    'HTTPS://I.imgur.com:443/a b/../ж.png?1#2',
    'http://user:password@host/a.png',
    'no url',
    '',
  ])('does not change %j, whether or not URLs are written so', (link) => {
    expect(printableLink(link)).toBe(link);
  });

  it('leads where the link does', () => {
    const printed = printableLink('http://host/\u001b]0;owned\u0007/\u202egnp.png?\u009b#\u2028');
    expect(printed).toBe('http://host/%1B]0;owned%07/%E2%80%AEgnp.png?%C2%9B#%E2%80%A8');
    // URLs pass over line breaks and over what is around them.
    expect(printableLink('\u001bhttp://host/a\n.png\r')).toBe('http://host/a.png');
  });

  it.each(UNPRINTABLE)('has no %j wherever that stands, and makes no URL of what is none', (character) => {
    for (const link of ['http://host/a.png', 'data:text', 'no url']) {
      for (let at = 0; at <= link.length; at += 1) {
        const given = `${link.slice(0, at)}${character}${link.slice(at)}`;
        const printed = printableLink(given);
        expect(printable(printed)).toBe(printed);
        expect(URL.canParse(printed)).toBe(URL.canParse(given));
      }
    }
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['http://user:password@host/a.png', 'http://host/a.png'],
    ['http://token@host/a.png?b@c', 'http://host/a.png?b@c'],
    ['http:user:password@host/a.png', 'http://host/a.png'],
    ['http://user:p@ss@host:99999/a.png', 'http://host:99999/a.png'],
    ['//user:password@host/a.png', '//host/a.png'],
  ])('shows %s as %s', (link, shown) => {
    expect(withoutCredentials(link)).toBe(shown);
  });

  it.each(['HTTP://Host', 'http://host//a@b.png', 'http://host/?//a@b', 'no url', 'a@b', 'a/b//c@d', ''])(
    'does not change %j, which has none',
    (link) => {
      expect(withoutCredentials(link)).toBe(link);
    },
  );
});
