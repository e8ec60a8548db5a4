import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What makes a page, and the workers that it starts, cross-origin isolated. */
export const ISOLATING = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** A server on loopback of the repository's modules, as a development server serves them to a browser. */
export interface ModuleServer {
  /** The address of the page that loads the module at `path`, from the root of the repository. */
  pageOf(path: string): string;
  /** The same with the module and all that it imports in one small file, and so each module of workers that it starts. */
  bundledPageOf(path: string): string;
  close(): void;
}

/** @param headers of every response */
export async function serveModules(headers: Record<string, string>): Promise<ModuleServer> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    try {
      const [type, body] = await answer(pathname, searchParams);
      // Kept by the browser: every worker asks for the same modules.
      response
        .writeHead(200, { ...headers, 'content-type': type, 'cache-control': 'max-age=3600' })
        .end(body);
    } catch (error) {
      response.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pageOf = (path: string) => `${origin}/page?${new URLSearchParams({ module: `/${path}` })}`;
  return {
    pageOf,
    bundledPageOf: (path) => pageOf(`bundled/${path}`),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What has been made already, by its address. */
const made = new Map<string, Promise<string>>();

async function answer(pathname: string, search: URLSearchParams): Promise<[type: string, body: string]> {
  if (pathname === '/page') {
    const script = `<script type="module" src="${search.get('module')}"></script>`;
    return ['text/html', `<!doctype html><title>page</title><link rel="icon" href="data:,">${script}`];
  }
  let code = made.get(pathname);
  if (code === undefined) {
    code = makeModule(pathname);
    made.set(pathname, code);
  }
  return ['text/javascript', await code];
}

const makeModule = (pathname: string): Promise<string> =>
  pathname.startsWith('/bundled/')
    ? bundle(root + pathname.slice('/bundled/'.length))
    : asServed(root + pathname.slice(1));

/** The module without its types, and with addresses in place of the names of packages. */
async function asServed(path: string): Promise<string> {
  const text = readFileSync(path, 'utf8');
  const code = path.endsWith('.ts') ? (await transform(text, { loader: 'ts', sourcefile: path })).code : text;
  return code.replace(
    /(\b(?:from|import)\s*\(?\s*)(["'])(@pkg\/[\w/-]+)\2/g,
    (_, before: string, quote: string, name: string) => `${before}${quote}${addressOf(name)}${quote}`,
  );
}

/** Where a package has what is published under that name for any platform. */
function addressOf(name: string): string {
  const [, folder, ...rest] = name.split('/');
  const { exports } = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8'));
  const target: string = exports[['.', ...rest].join('/')].default;
  const path = `packages/${folder}/${target.replace(/^\.\//, '')}`;
  if (!existsSync(root + path)) throw new Error(`${path} is missing: npm run build`);
  return `/${path}`;
}

/** As a program is published: one file, and its names short. */
async function bundle(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
