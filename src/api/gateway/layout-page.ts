import { z } from 'zod'
import { BLOCK_CATEGORIES, PAGE_WARNINGS, type PageRecord } from '../../contract/page.ts'
import type { BlobKey, PageNumber } from '../../contract/identifiers.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { readBytes } from '../../storage/read-blob.ts'

/** A larger layout, of some thousand pages, is not taken into memory for one of them. */
const MAX_LAYOUT_BYTES = 64 * 1024 * 1024

/** A page as `toPageJson` writes it; what a later release adds is left out. */
const layoutPage = z.object({
  page: z.int(),
  outcome: z.enum(['ok', 'empty', 'degraded']),
  engine: z.string(),
  width: z.number(),
  height: z.number(),
  dpi: z.number(),
  text: z.string(),
  markdown: z.string(),
  markup: z.enum(['plain', 'markdown']).default('plain'),
  blocks: z.array(
    z.object({
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      category: z.enum(BLOCK_CATEGORIES),
      text: z.string(),
      confidence: z.number().nullable(),
    }),
  ),
  warnings: z.array(z.string()),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullable(),
})

const layout = z.object({ pages: z.array(z.object({ page: z.int() }).loose()) })

/**
 * Finds a page in the layout of a document that has ended, for when the records of its pages are
 * gone: as it was, less the crops of its pictures. `null`: it was not delivered, or the layout is
 * gone too or very large.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function findLayoutPage(
  store: BlobStore,
  key: BlobKey,
  page: PageNumber,
): Promise<PageRecord | null> {
  const info = await store.head(key)
  if (info === null || info.sizeBytes > MAX_LAYOUT_BYTES) return null
  const bytes = await readBytes(store, key, MAX_LAYOUT_BYTES)
  if (bytes === null) return null
  const { pages } = layout.parse(JSON.parse(bytes.toString('utf8')))
  // A page that failed has no text, and does not parse.
  const { data } = layoutPage.safeParse(pages.find((one) => one.page === page))
  if (data === undefined) return null
  const { width, height, usage, warnings, ...rest } = data
  return {
    ...rest,
    widthPx: width,
    heightPx: height,
    warnings: warnings.filter(isWarning),
    usage:
      usage === null
        ? null
        : { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens },
  }
}

function isWarning(text: string): text is keyof typeof PAGE_WARNINGS {
  return Object.hasOwn(PAGE_WARNINGS, text)
}
