import { expect, it, vi } from 'vitest';
import { defaultGallery } from './default-gallery.ts';
import { type Gallery, startGallery } from './gallery.ts';

vi.mock('./gallery.ts', () => ({ startGallery: vi.fn() }));

it('is started anew after it could not be started, and once for all after that', async () => {
  const gallery = {} as Gallery;
  vi.mocked(startGallery).mockRejectedValueOnce(new Error('no thread')).mockResolvedValueOnce(gallery);
  await expect(defaultGallery()).rejects.toThrow('no thread');
  expect(await Promise.all([defaultGallery(), defaultGallery()])).toEqual([gallery, gallery]);
  expect(startGallery).toHaveBeenCalledTimes(2);
});
