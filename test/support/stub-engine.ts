import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import type { OcrEngine, PageImage } from '../../src/engines/engine.ts'
import { BIT_COUNT, BIT_SIZE_PT, bitLeftPt, BIT_TOP_PT, PAGE_WIDTH_PT } from './marked-document.ts'

/** How the stub behaves. */
export type StubEngineOptions = {
  readonly delayMs: number
  /** Gets a line `start <page>` and a line `done <page>` for every recognition. */
  readonly ledgerPath: string
  /** Takes the whole process with it when it sees this page. */
  readonly poisonPage?: number | null
}

/**
 * An engine that reads the page number from the squares of a marked document, so that a test can
 * tell whether every page came once, in order, and from the image that belongs to it.
 */
export function createStubEngine(options: StubEngineOptions): OcrEngine {
  const note = (event: string, page: number): void =>
    appendFileSync(options.ledgerPath, `${event} ${page}\n`)
  return {
    id: 'paddle',
    version: 'stub-1',
    async recognize(image, { signal }) {
      const page = await readPageNumber(image)
      note('start', page)
      if (page === options.poisonPage) process.kill(process.pid, 'SIGKILL')
      await sleep(options.delayMs, undefined, { signal })
      note('done', page)
      const bbox = [0, 0, image.widthPx, image.heightPx] as const
      const text = `stub page ${page}`
      return {
        blocks: [{ bbox, category: 'text', text, confidence: 1 }],
        turned: null,
        warnings: [],
        usage: null,
      }
    },
    probe: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function readPageNumber({ png, widthPx }: PageImage): Promise<number> {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true })
  const pxPerPt = widthPx / PAGE_WIDTH_PT
  let page = 0
  for (let bit = 0; bit < BIT_COUNT; bit++) {
    const x = Math.round((bitLeftPt(bit) + BIT_SIZE_PT / 2) * pxPerPt)
    const y = Math.round((BIT_TOP_PT + BIT_SIZE_PT / 2) * pxPerPt)
    if ((data[(y * info.width + x) * info.channels] ?? 255) < 128) page += 2 ** bit
  }
  return page
}
