import sharp from 'sharp'
import type { BlobKey } from '../contract/identifiers.ts'
import type { Block } from '../contract/page.ts'
import type { PageImage } from '../engines/engine.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { pictureKey } from '../storage/object-keys.ts'

/** A page of more pictures than this is a scan that was taken for a mosaic. */
const MAX_PICTURES = 100

/**
 * Cuts the pictures out of a page image and stores them beside the page's record.
 *
 * The image is a PNG that we encoded ourselves, so it is read here and not in a guarded child.
 *
 * @returns their keys, in the order of the picture blocks; at most 100
 */
export async function storePictures(
  store: BlobStore,
  page: {
    readonly blocks: readonly Block[]
    readonly image: PageImage
    readonly recordKey: BlobKey
  },
): Promise<BlobKey[]> {
  const pictures = page.blocks.filter(({ category }) => category === 'picture')
  const keys: BlobKey[] = []
  for (const { bbox } of pictures.slice(0, MAX_PICTURES)) {
    const [left, top, right, bottom] = bbox
    const crop = await sharp(page.image.png)
      .extract({ left, top, width: right - left, height: bottom - top })
      .png()
      .toBuffer()
    const key = pictureKey(page.recordKey, keys.length + 1)
    await store.put(key, crop, { contentType: 'image/png' })
    keys.push(key)
  }
  return keys
}
