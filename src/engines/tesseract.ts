import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import type { Language } from '../contract/engines.ts'
import { OcrError } from '../platform/errors.ts'
import { runGuardedProgram, startGuardedProcess } from '../platform/guarded-process.ts'
import type { OcrEngine, PageImage } from './engine.ts'
import { writePageFiles } from './page-files.ts'
import { retrySmaller } from './retry-smaller.ts'
import { Slots } from './slots.ts'
import { parseTesseractTsv } from './tesseract-tsv.ts'

/** What the Tesseract engine needs. */
export type TesseractOptions = {
  /** Pages read at once, one process each; the number of CPU cores. */
  readonly slots: number
  /** Exists and can be written to; the system's own by default. Used for the second try only. */
  readonly temporaryDirectory?: string
}

type Attempt = {
  readonly png: Uint8Array
  readonly dpi: number
  readonly scale: number
  readonly languages: readonly Language[]
  readonly signal: AbortSignal
}

// Raise it when the same program would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1
const MODEL_OF: Record<Language, string> = { zh: 'chi_sim', en: 'eng' }
// Measured on 10 Chinese and 5 English pages of the test documents against Chinese alone: CER 2.3 and
// 2.0 % on Chinese, 0.4 and 1.9 % on English, at 1.5 times the CPU.
const DEFAULT_LANGUAGES: readonly Language[] = ['zh', 'en']
const PAGE_WALL_CLOCK_MS = 90_000
const PROBE_WALL_CLOCK_MS = 10_000
const MAX_RSS_BYTES = 800_000_000
const MAX_OUTPUT_BYTES = 16_000_000
const HALVE_WALL_CLOCK_MS = 30_000
const MAX_WIDTH_PX = 32_767
const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
// Five to seven times the CPU without it.
const ENVIRONMENT = { OMP_THREAD_LIMIT: '1' }
// Where the guard looks for programs, too.
const PROBE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin' }
const INSTALL_HINT =
  'Tesseract is not installed: apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim'

/**
 * The system's Tesseract (5.x), one guarded process a page.
 *
 * It gets nothing but our own PNG on stdin: given anything else it follows paths and URLs. A page
 * that killed its process is read once more at half the resolution.
 */
export function createTesseractEngine(options: TesseractOptions): OcrEngine {
  const slots = new Slots(options.slots)
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const temporaryDirectory = options.temporaryDirectory ?? tmpdir()
  return {
    id: 'tesseract',
    version: `${ALGORITHM_VERSION}-${programVersion()}`,
    async recognize(image, request) {
      if (image.widthPx > MAX_WIDTH_PX) {
        const limit = `at most ${MAX_WIDTH_PX} px`
        throw new OcrError('ENGINE_REJECTED_REQUEST', `Cannot read image: wider than ${limit}`)
      }
      const signal = AbortSignal.any([request.signal, closing.signal])
      const languages = request.languages ?? DEFAULT_LANGUAGES
      const work = slots.use(signal, () =>
        retrySmaller(signal, async (scale) => {
          const png = scale < 1 ? await halve(image, { temporaryDirectory, signal }) : image.png
          return readPage({ png, dpi: image.dpi * scale, scale, languages, signal })
        }),
      )
      running.add(work)
      try {
        const { value: blocks, isSmaller } = await work
        return { blocks, turned: null, warnings: isSmaller ? ['RETRIED_SMALLER'] : [], usage: null }
      } finally {
        running.delete(work)
      }
    },
    probe,
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await Promise.allSettled(running)
    },
  }
}

async function readPage({ png, dpi, scale, languages, signal }: Attempt) {
  assertPng(png)
  const { stdout, exitCode, stderrTail } = await runTesseract({
    args: [
      'stdin',
      'stdout',
      '-l',
      languages.map((language) => MODEL_OF[language]).join('+'),
      '--psm',
      '3',
      // Without it, it guesses; a wrong guess costs three quarters of the text on some pages.
      '--dpi',
      String(Math.max(70, Math.round(dpi))),
      'tsv',
    ],
    stdin: png,
    wallClockMs: PAGE_WALL_CLOCK_MS,
    signal,
  })
  if (exitCode !== 0) {
    // A missing language model ends in the same exit code.
    await probe(signal)
    const state = `Tesseract ended with exit code ${exitCode}; stderr: ${stderrTail}`
    throw new OcrError('ENGINE_REJECTED_REQUEST', `Cannot read image: ${state}`)
  }
  return parseTesseractTsv(stdout.toString('utf8'), scale)
}

async function probe(signal: AbortSignal): Promise<void> {
  const run = { args: ['--list-langs'], wallClockMs: PROBE_WALL_CLOCK_MS, signal }
  const { stdout } = await runTesseract(run)
  const installed = new Set(stdout.toString('utf8').split(/\s+/))
  const missing = Object.values(MODEL_OF).filter((model) => !installed.has(model))
  if (missing.length === 0) return
  throw new OcrError('PROGRAM_MISSING', `Cannot use Tesseract: no model ${missing.join(', ')}`, {
    publicDetail: INSTALL_HINT,
  })
}

async function runTesseract(run: {
  args: readonly string[]
  stdin?: Uint8Array
  wallClockMs: number
  signal: AbortSignal
}) {
  try {
    return await runGuardedProgram('tesseract', {
      ...run,
      env: ENVIRONMENT,
      maxRssBytes: MAX_RSS_BYTES,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    })
  } catch (error) {
    if (!(error instanceof OcrError) || error.code !== 'PROGRAM_MISSING') throw error
    throw new OcrError('PROGRAM_MISSING', 'Cannot run Tesseract: it is not installed', {
      cause: error,
      publicDetail: INSTALL_HINT,
    })
  }
}

async function halve(
  image: PageImage,
  { temporaryDirectory, signal }: { temporaryDirectory: string; signal: AbortSignal },
): Promise<Uint8Array> {
  await using files = await writePageFiles(image, temporaryDirectory)
  await using child = startGuardedProcess({
    entry: new URL('child/halve-child.ts', import.meta.url),
    name: 'the image halver',
    maxRssBytes: MAX_RSS_BYTES,
  })
  const { imagePath, changedPath } = files
  await child.request({ imagePath, changedPath }, { wallClockMs: HALVE_WALL_CLOCK_MS, signal })
  return files.readChanged()
}

/** Our own PNG is the only thing that may reach Tesseract: it opens paths that it finds in a file. */
function assertPng(png: Uint8Array): void {
  if (PNG_MAGIC.equals(png.subarray(0, PNG_MAGIC.length))) return
  throw new OcrError('ENGINE_REJECTED_REQUEST', 'Cannot read image: it is not a PNG of ours')
}

/** Part of the engine's version, which is needed before anything can be awaited (15 ms, once). */
function programVersion(): string {
  const run = spawnSync('tesseract', ['--version'], { env: PROBE_ENVIRONMENT, timeout: 5_000 })
  const text = `${String(run.stdout)}\n${String(run.stderr)}`
  return /^tesseract v?([\w.-]+)/m.exec(text)?.[1] ?? 'missing'
}
