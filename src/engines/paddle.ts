import { startGuardedProcess } from '../platform/guarded-process.ts'
import type { OcrEngine, PageImage, Recognition, RecognizeOptions } from './engine.ts'
import { writePageFiles, type PageFiles } from './page-files.ts'
import { findPaddleModels, type PaddleModelSet } from './paddle-model-set.ts'
import { parsePaddleReply, type PaddleReply, type PaddleRequest } from './paddle-protocol.ts'
import { retrySmaller } from './retry-smaller.ts'
import { WarmChildren } from './warm-children.ts'

/** What the built-in engine needs. */
export type PaddleOptions = {
  /** Directory with other models and their manifest; `null`: PP-OCRv4 mobile, which npm brings. */
  readonly modelsDirectory: string | null
  /** Pages read at once, one process each; the number of CPU cores. */
  readonly slots: number
  /** Exists and can be written to. */
  readonly temporaryDirectory: string
}

// Raise it when the same models would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 2
const PAGE_WALL_CLOCK_MS = 120_000
const LOAD_WALL_CLOCK_MS = 30_000
// A4 peaks at 0.6 GB, a newspaper page at 0.8 GB.
const MAX_RSS_BYTES = 1_200_000_000
const MAX_RESTING_RSS_BYTES = 900_000_000
const MAX_PAGES_PER_CHILD = 200

/**
 * The built-in engine: PP-OCR on onnxruntime, in guarded processes that stay warm.
 *
 * It reads Chinese and English alike, whatever languages are asked for. A page that killed its
 * process is read once more at half the resolution.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` when the models directory has no usable manifest
 */
export function createPaddleEngine(options: PaddleOptions): OcrEngine {
  const models = findPaddleModels(options.modelsDirectory)
  const verifyModels = once(models.verify)
  const children = new WarmChildren({
    slots: options.slots,
    maxUses: MAX_PAGES_PER_CHILD,
    maxRestingRssBytes: MAX_RESTING_RSS_BYTES,
    start: () =>
      startGuardedProcess({
        entry: new URL('child/paddle-child.ts', import.meta.url),
        name: 'the paddle engine',
        maxRssBytes: MAX_RSS_BYTES,
        // onnxruntime from 1.29 on sends telemetry unless this is set before it is loaded.
        env: { ORT_DISABLE_TELEMETRY: '1' },
      }),
  })
  return {
    id: 'paddle',
    version: `${ALGORITHM_VERSION}-${models.name}`,
    async recognize(image, { signal }) {
      await verifyModels()
      await using files = await writePageFiles(image, options.temporaryDirectory)
      const { value: reply, isSmaller } = await retrySmaller(signal, (scale) => {
        const page = { ...requestOf(files), dpi: image.dpi, scale }
        return children.use(
          async (child) => {
            const request: PaddleRequest = { models: models.files, page }
            const bounds = { wallClockMs: PAGE_WALL_CLOCK_MS, signal }
            return parsePaddleReply(await child.request(request, bounds))
          },
          { signal, fresh: scale < 1 },
        )
      })
      return toRecognition(reply, { image, files, isSmaller })
    },
    async probe(signal) {
      await verifyModels()
      await loadModels(children, models, signal)
    },
    [Symbol.asyncDispose]: () => children[Symbol.asyncDispose](),
  }
}

function requestOf(files: PageFiles): { imagePath: string; turnedPath: string } {
  return { imagePath: files.imagePath, turnedPath: files.changedPath }
}

async function loadModels(
  children: WarmChildren,
  models: PaddleModelSet,
  signal: RecognizeOptions['signal'],
): Promise<void> {
  const request: PaddleRequest = { models: models.files, page: null }
  const bounds = { wallClockMs: LOAD_WALL_CLOCK_MS, signal }
  await children.use((child) => child.request(request, bounds), { signal })
}

async function toRecognition(
  reply: PaddleReply,
  page: { image: PageImage; files: PageFiles; isSmaller: boolean },
): Promise<Recognition> {
  const turned = reply.turn === 0 ? null : await readTurned(reply.turn, page)
  return {
    blocks: reply.blocks,
    turned,
    warnings: [
      ...(reply.isIllegible ? (['TEXT_ILLEGIBLE'] as const) : []),
      ...(turned === null ? [] : (['PAGE_TURNED'] as const)),
      ...(page.isSmaller ? (['RETRIED_SMALLER'] as const) : []),
    ],
    usage: null,
  }
}

async function readTurned(
  turn: 90 | 180 | 270,
  { image, files }: { image: PageImage; files: PageFiles },
): Promise<PageImage> {
  const isQuarter = turn !== 180
  return {
    png: await files.readChanged(),
    widthPx: isQuarter ? image.heightPx : image.widthPx,
    heightPx: isQuarter ? image.widthPx : image.heightPx,
    dpi: image.dpi,
  }
}

/** Runs something until it has succeeded once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null
  return async () => {
    done ??= work()
    try {
      await done
    } catch (error) {
      done = null
      throw error
    }
  }
}
