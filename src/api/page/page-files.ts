import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

/** One file that the page loads. */
export type PageAsset = {
  readonly bytes: Buffer
  /** The same bytes by gzip, made once; `null`: they would hardly get less. */
  readonly gzipped: (() => Promise<Buffer>) | null
  readonly contentType: string
  readonly cacheControl: string
}

/** The web page as it is sent. */
export type PageFiles = {
  /** `index.html` as it was built; `null`: it was not. */
  readonly html: string | null
  /** By the name below `static/`. */
  readonly assets: ReadonlyMap<string, PageAsset>
}

/** Where the page is built to. */
export const BUILT_PAGE_DIRECTORY = join(import.meta.dirname, '../../../dist/web')

/** File of the built page that changes with every build; it is written last. */
export const BUILD_STAMP = 'sources.sha256'

const OWN_DIRECTORY = join(import.meta.dirname, 'assets')
const SAMPLE = join(import.meta.dirname, '../../../samples/sample.pdf')

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.pdf': 'application/pdf',
}

const IS_TEXT = /^text\/|^image\/svg|^application\/json/

/** What the builder gives names with a hash of the content, as `index-D4i85auQ.js`. */
const HASHED_NAME = /-[\w-]{8}\.\w+$/
const FOREVER = 'public, max-age=31536000, immutable'
const ONE_HOUR = 'public, max-age=3600'

const NOT_BUILT: PageFiles = { html: null, assets: new Map() }

/**
 * Reads the page, and everything else that stands below `static/`, into memory; what gives it looks
 * whether the page was built anew meanwhile. No path of a request reaches the file system.
 *
 * Files of the build before stay there, for pages that are open and load parts of themselves later.
 */
export function createPageFiles(directory: string = BUILT_PAGE_DIRECTORY): () => PageFiles {
  const own = readOwnAssets()
  let stamp = stampOf(directory)
  let built = readBuilt(directory)
  let assets = new Map([...built.assets, ...own])
  return () => {
    const now = stampOf(directory)
    // Without one, a build is under way.
    if (now !== null && now !== stamp) {
      const before = built
      built = readBuilt(directory)
      assets = new Map([...before.assets, ...built.assets, ...own])
      stamp = now
    }
    return { html: built.html, assets }
  }
}

function readBuilt(directory: string): PageFiles {
  const folder = join(directory, 'static')
  try {
    const html = readFileSync(join(directory, 'index.html'), 'utf8')
    const names = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile())
    const assets = names.map(({ name }) => [name, assetOf(join(folder, name))] as const)
    return { html, assets: new Map(assets) }
  } catch (error) {
    if (isMissing(error)) return NOT_BUILT
    throw error
  }
}

/** What is there without a build: for Qianxia's small pages, the icon, and a document to try. */
function readOwnAssets(): Map<string, PageAsset> {
  const icon = assetOf(join(OWN_DIRECTORY, 'favicon.svg'))
  return new Map([
    ['account.css', assetOf(join(OWN_DIRECTORY, 'account.css'))],
    ['account.js', assetOf(join(OWN_DIRECTORY, 'account.js'))],
    ['favicon.svg', icon],
    // The name that Qianxia documents; browsers go by the type.
    ['favicon.ico', icon],
    ['sample.pdf', assetOf(SAMPLE)],
  ])
}

function assetOf(path: string): PageAsset {
  const cacheControl = HASHED_NAME.test(path) ? FOREVER : ONE_HOUR
  const contentType = CONTENT_TYPES[extname(path)] ?? 'application/octet-stream'
  const bytes = readFileSync(path)
  const gzipped = IS_TEXT.test(contentType) ? gzipOnce(bytes) : null
  return { bytes, gzipped, contentType, cacheControl }
}

/** Not before somebody asks: whoever loads the page needs few of the files. */
function gzipOnce(bytes: Buffer): () => Promise<Buffer> {
  let work: Promise<Buffer> | undefined
  return () => (work ??= promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }))
}

function stampOf(directory: string): number | null {
  return statSync(join(directory, BUILD_STAMP), { throwIfNoEntry: false })?.mtimeMs ?? null
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
