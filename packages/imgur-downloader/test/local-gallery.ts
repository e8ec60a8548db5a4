import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Gallery } from '../src/gallery/gallery.ts';
import { GALLERY_CLIENT_ID, type GalleryOptions } from '../src/gallery/gallery-options.ts';
import { createGalleryServer } from '../src/gallery/server.ts';

/** What tests use of a gallery. */
export type TestGallery = Pick<Gallery, 'url' | 'clientId' | 'stats' | 'close'>;

/** The gallery's server in the test's own thread: it starts sooner than one in a thread of its own. */
export async function localGallery(options: GalleryOptions): Promise<TestGallery> {
  const { server, stats } = createGalleryServer(options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: GALLERY_CLIENT_ID,
    stats: async () => stats(),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
