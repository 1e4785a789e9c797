import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OcrEngine } from '../../src/engines/engine.ts'
import { readPageNumber } from './read-page-number.ts'

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
      const page = await readPageNumber(image.png)
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
