import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from './arguments.ts';

let stderr = '';

beforeEach(() => {
  stderr = '';
  vi.stubEnv('IMGUR_CLIENT_ID', '');
  vi.stubEnv('IMGUR_API_BASE', '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('parseArguments', () => {
  it('has defaults', () => {
    const defaults = { clientId: '', apiBase: '', workers: 8, dir: 'images', latency: 100 };
    expect(parseArguments([])).toEqual({ ...defaults, mode: 'threads', images: 24 });
    expect(parseArguments(['compare'])).toEqual({ ...defaults, mode: 'compare', images: 64 });
  });

  it('takes every option', () => {
    expect(
      parseArguments(['procs', '--workers', '3', '--dir', 'x', '--images', '5', '--latency', '0']),
    ).toMatchObject({ mode: 'procs', workers: 3, dir: 'x', images: 5, latency: 0 });
    expect(parseArguments(['--client-id=abc', '--api-base', 'http://localhost:1'])).toMatchObject({
      clientId: 'abc',
      apiBase: 'http://localhost:1',
    });
  });

  it('takes the client id and the API base from the environment; an option beats it', () => {
    vi.stubEnv('IMGUR_CLIENT_ID', 'from-env');
    vi.stubEnv('IMGUR_API_BASE', 'http://env');
    expect(parseArguments([])).toMatchObject({ clientId: 'from-env', apiBase: 'http://env' });
    expect(parseArguments(['--client-id', 'given'])).toMatchObject({ clientId: 'given' });
    expect(parseArguments(['--client-id', '', '--api-base='])).toMatchObject({ clientId: '', apiBase: '' });
  });

  it('has an empty client id and API base when nobody gives any, the environment neither', () => {
    vi.stubEnv('IMGUR_CLIENT_ID', undefined);
    vi.stubEnv('IMGUR_API_BASE', undefined);
    expect(parseArguments([])).toMatchObject({ clientId: '', apiBase: '' });
  });

  it.each([
    [['all'], /'all' is invalid.*threads, simple, procs, compare/],
    [['threads', 'more'], /too many arguments/],
    [['--workers', '0'], /'0' is invalid. Expected a whole number from 1 to 64/],
    [['--workers', '2.5'], /'2.5' is invalid/],
    [['--workers', '65'], /'65' is invalid/],
    [['--workers', ''], /'' is invalid/],
    [['--latency', '-1'], /'-1' is invalid. Expected a whole number from 0 to 60000/],
    [['--images', 'many'], /'many' is invalid. Expected a whole number from 1 to 1000/],
    [['--dir', ''], /Expected the name of a directory/],
    [['--client-id', 'replace with your client ID'], /An Imgur client id has no spaces/],
    [['--api-base', 'imgur.com'], /Expected an address that starts with http/],
    [['--client-id', 'abc', '--images', '5'], /--images is for the built-in gallery, but a client id is set/],
    [['--api-base', 'http://x', '--latency', '5'], /--latency is for the built-in gallery/],
    [['--speed', '5'], /unknown option '--speed'/],
  ])('refuses %o', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(expect.objectContaining({ exitCode: 1 }));
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--help shows what can be given');
  });
});
