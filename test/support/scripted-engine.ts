import { readFile, rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineId } from '../../src/contract/engines.ts'
import type { FailureCode } from '../../src/contract/failures.ts'
import type { Block, Markup, PageWarning } from '../../src/contract/page.ts'
import type { OcrEngine, PageImage } from '../../src/engines/engine.ts'
import { OcrError } from '../../src/platform/errors.ts'
import { readPageNumber } from './read-page-number.ts'

/** A block without its place: the engine stacks the blocks of a page from the top. */
export type ScriptedBlock = Pick<Block, 'category' | 'text'>

/** What a scripted engine does with the pages of marked documents, by their numbers. */
export type EngineScript = {
  /** Time per page; 0 by default. */
  readonly delayMs?: number
  /** Pages from this one on wait for as long as the script says so. */
  readonly heldFrom?: number
  readonly failures?: Readonly<Record<number, FailureCode>>
  readonly warnings?: Readonly<Record<number, readonly PageWarning[]>>
  readonly blocks?: Readonly<Record<number, readonly ScriptedBlock[]>>
  /** Of all blocks; `plain` by default. */
  readonly markup?: Markup
}

/** Look at the script again, while a page is held. */
const HELD_PAUSE_MS = 50

/** Replaces the script at once and as a whole: the engine reads it for every page. */
export async function writeScript(path: string, script: EngineScript): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(script))
  await rename(`${path}.new`, path)
}

/** The engine of an id that does what a file says, which a test rewrites while documents run. */
export function createScriptedEngine(id: EngineId, scriptPath: string): OcrEngine {
  const readScript = async (): Promise<EngineScript> =>
    // Written by `writeScript` alone.
    JSON.parse(await readFile(scriptPath, 'utf8')) as EngineScript
  return {
    id,
    version: 'scripted-1',
    async recognize(image, { signal }) {
      const page = await readPageNumber(image.png)
      let script = await readScript()
      await sleep(script.delayMs ?? 0, undefined, { signal })
      while (page >= (script.heldFrom ?? Number.POSITIVE_INFINITY)) {
        await sleep(HELD_PAUSE_MS, undefined, { signal })
        script = await readScript()
      }
      const code = script.failures?.[page]
      if (code !== undefined) throw new OcrError(code, 'Cannot recognize page: the script says so')
      const blocks = script.blocks?.[page] ?? [
        { category: 'section-header', text: `Page ${page}` },
        { category: 'text', text: `This is what stands on page ${page}.` },
      ]
      return {
        blocks: stacked(blocks, image),
        markup: script.markup ?? 'plain',
        turned: null,
        warnings: script.warnings?.[page] ?? [],
        usage: null,
      }
    },
    probe: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function stacked(blocks: readonly ScriptedBlock[], { widthPx, heightPx }: PageImage): Block[] {
  const step = Math.floor(heightPx / (blocks.length + 1))
  return blocks.map(({ category, text }, place) => ({
    bbox: [
      Math.round(widthPx * 0.1),
      step * place + 10,
      Math.round(widthPx * 0.9),
      step * (place + 1),
    ],
    category,
    text,
    confidence: 0.9,
  }))
}
