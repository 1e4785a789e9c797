import { z } from 'zod'
import { BLOCK_CATEGORIES, PAGE_WARNINGS, type PageRecord } from '../../contract/page.ts'
import type { Manifest } from '../../contract/document.ts'
import type { BlobKey, PageNumber } from '../../contract/identifiers.ts'
import { TEMPORARY_DIALECTS } from '../../contract/sweep.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { readBytes } from '../../storage/read-blob.ts'
import { LruMap } from './lru-map.ts'

/** A larger layout, of some thousand pages, is not taken into memory for one of them. */
const MAX_LAYOUT_BYTES = 32 * 1024 * 1024

/** Layouts that are kept: whoever looks through a document asks for its next page soon. */
const CAPACITY = 2

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

type LayoutPages = z.infer<typeof layout>['pages']

/** The layout of a document that has ended; `results.json` of its manifest says where it is. */
export type LayoutOwner = Pick<Manifest, 'dialect' | 'endedAt' | 'failed' | 'pageCount' | 'results'>

/**
 * Pages out of the layouts of documents that have ended, for when the records of their pages are gone.
 *
 * Reads one layout at a time, and each once for all who ask for its pages.
 */
export class LayoutReader {
  readonly #store: BlobStore
  readonly #layouts = new LruMap<string, Promise<LayoutPages | null>>(CAPACITY)
  #lastRead: Promise<unknown> = Promise.resolve()

  constructor(store: BlobStore) {
    this.#store = store
  }

  /**
   * Finds a page as it was, less the crops of its pictures. `null`: it was not delivered, its record
   * cannot have been swept, or the layout is gone too or very large.
   *
   * @throws {OcrError} `BLOB_MISSING` when the layout is damaged; `STORAGE_UNAVAILABLE`
   */
  async find(owner: LayoutOwner, page: PageNumber): Promise<PageRecord | null> {
    const { dialect, endedAt, failed, pageCount, results } = owner
    const hasPage = page <= pageCount && !failed.some((failure) => failure.page === page)
    if (results === null || !hasPage || !TEMPORARY_DIALECTS.includes(dialect)) return null
    const pages = await this.#read(results.json, endedAt)
    // A page that was never read has no text, and does not parse.
    const { data } = layoutPage.safeParse(pages?.find((one) => one.page === page))
    return data === undefined ? null : toRecord(data)
  }

  /** A run that was reset ends anew, with another layout under the same key. */
  #read(key: BlobKey, endedAt: string): Promise<LayoutPages | null> {
    const name = `${key} ${endedAt}`
    const known = this.#layouts.get(name)
    if (known !== undefined) return known
    const reading = this.#lastRead.then(() => readLayout(this.#store, key))
    this.#layouts.set(name, reading)
    // The store may answer the next time; damage stays.
    this.#lastRead = reading.catch((error: unknown) => {
      const isDamaged = error instanceof OcrError && error.code === 'BLOB_MISSING'
      if (!isDamaged) this.#layouts.delete(name)
    })
    return reading
  }
}

async function readLayout(store: BlobStore, key: BlobKey): Promise<LayoutPages | null> {
  const info = await store.head(key)
  if (info === null || info.sizeBytes > MAX_LAYOUT_BYTES) return null
  const bytes = await readBytes(store, key, MAX_LAYOUT_BYTES)
  if (bytes === null) return null
  try {
    return layout.parse(JSON.parse(bytes.toString('utf8'))).pages
  } catch (error) {
    throw new OcrError('BLOB_MISSING', 'Cannot read a page: the layout is damaged', {
      cause: error,
    })
  }
}

function toRecord(data: z.infer<typeof layoutPage>): PageRecord {
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
