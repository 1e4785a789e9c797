import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { DocumentRef } from '../contract/document.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import type { FailedPage, PageWarning } from '../contract/page.ts'
import { drawPages } from '../documents/draw-pages.ts'
import type { PageImage } from '../engines/engine.ts'
import { pageImageFactsKey, pageImageKey, type PageImageRef } from '../storage/object-keys.ts'
import { readBytes, readJson, writeJsonIfAbsent } from '../storage/read-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { openSource } from './source-document.ts'

/** Above the 40 Mpx guard no page is drawn; an 8-bit RGB PNG of that size stays below this. */
const MAX_IMAGE_BYTES = 160 * 1024 * 1024

/** Where the header chunk of a PNG has its size. */
const PNG_WIDTH_AT = 16
const PNG_HEIGHT_AT = 20

/**
 * What the pixels of a stored page image do not say. Turning the page changes none of it, so an
 * upright image replaces the first one by itself, in one write.
 */
type PageImageFacts = {
  /** Resolution of these pixels; lower than asked for on a large page. */
  readonly dpi: number
  readonly warnings: readonly PageWarning[]
}

/**
 * Draws pages into the store and returns those that could not be drawn.
 *
 * The facts are written after the image and so prove it whole; a page that has them is skipped.
 */
export async function drawIntoStore(
  deps: ActivityDependencies,
  input: DocumentRef & { pages: readonly PageNumber[]; dpi: number },
  signal: AbortSignal,
): Promise<FailedPage[]> {
  const { dpi } = input
  const refTo = (page: PageNumber) => ({ sha256: input.documentSha256, page, dpi })
  const missing: PageNumber[] = []
  for (const page of input.pages)
    if ((await deps.store.head(pageImageFactsKey(refTo(page)))) === null) missing.push(page)
  if (missing.length === 0) return []

  await using source = await openSource(deps, input, signal)
  const failed: FailedPage[] = []
  const { directory } = source
  for await (const drawn of drawPages(source.file, { pages: missing, dpi, directory, signal })) {
    if ('code' in drawn) {
      failed.push({ page: drawn.page, code: drawn.code })
      continue
    }
    const ref = refTo(drawn.page)
    const { path } = drawn.image
    await deps.store.put(pageImageKey(ref), createReadStream(path), {
      contentType: 'image/png',
      signal,
      // Another document of the same bytes may have drawn it and turned it upright meanwhile.
      ifAbsent: true,
    })
    const facts: PageImageFacts = { dpi: drawn.image.dpi, warnings: drawn.warnings }
    await writeJsonIfAbsent(deps.store, pageImageFactsKey(ref), facts)
    await rm(path, { force: true })
  }
  return failed
}

/** Reads a page image with its facts; `null` when either is not in the store. */
export async function readPageImage(
  deps: ActivityDependencies,
  ref: PageImageRef,
): Promise<{ image: PageImage; warnings: readonly PageWarning[] } | null> {
  const facts = await readJson<PageImageFacts>(deps.store, pageImageFactsKey(ref))
  if (facts === null) return null
  const png = await readBytes(deps.store, pageImageKey(ref), MAX_IMAGE_BYTES)
  if (png === null) return null
  const [widthPx, heightPx] = [png.readUInt32BE(PNG_WIDTH_AT), png.readUInt32BE(PNG_HEIGHT_AT)]
  return { image: { png, widthPx, heightPx, dpi: facts.dpi }, warnings: facts.warnings }
}

/** Replaces a page image by the same page turned upright. */
export async function replacePageImage(
  deps: ActivityDependencies,
  ref: PageImageRef,
  upright: PageImage,
): Promise<void> {
  await deps.store.put(pageImageKey(ref), upright.png, { contentType: 'image/png' })
}
