import type { Block, PageWarning, Usage } from '../../contract/page.ts'
import { OcrError } from '../../platform/errors.ts'
import type { PageImage, Recognition } from '../engine.ts'
import { isBlankPage } from './blank-page.ts'
import { wholePage } from './bounding-box.ts'
import { splitMarkdown } from './markdown-blocks.ts'
import { parseReply } from './parse-reply.ts'

/** A whole answer of a model, and what it cost. */
export type PageReply = { readonly text: string; readonly usage: Usage | null }

/**
 * The page that a model wrote down as Markdown. It tells no places: every block has the whole page
 * as its box.
 *
 * Silence, or the statement that there is no text, is believed where the image is blank.
 *
 * @throws {OcrError} `SUSPECT_OUTPUT` for a refusal, an apology, or "no text" on a page that is not
 *   blank; `ENGINE_OUTPUT_INVALID` for what is no page, and for silence about a page that is not
 *   blank, which the same question would meet again
 */
export async function pageOfReply(reply: PageReply, image: PageImage): Promise<Recognition> {
  const { usage } = reply
  const parsed = parseReply(reply.text)
  switch (parsed.kind) {
    case 'page':
      return recognition(usage, {
        blocks: blocksOf(parsed.markdown, image),
        warnings: parsed.isRepaired ? ['OUTPUT_REPAIRED'] : [],
      })
    case 'empty':
    case 'no-text':
      if (await isBlankPage(image.png)) return recognition(usage, { blocks: [], warnings: [] })
      throw parsed.kind === 'empty'
        ? invalid('it is empty, and the page is not', usage)
        : // A photograph, or a model that did not look: asked again, then read by another engine.
          suspect('it denies text on a page that is not blank', usage)
    case 'refusal':
      throw suspect('it is a refusal', usage)
    case 'unusable':
      throw invalid('it is not a page', usage)
  }
}

function blocksOf(markdown: string, image: PageImage): Block[] {
  return splitMarkdown(markdown).map((part) => ({
    bbox: wholePage(image),
    confidence: null,
    ...part,
  }))
}

function recognition(
  usage: Usage | null,
  page: { blocks: readonly Block[]; warnings: readonly PageWarning[] },
): Recognition {
  return { ...page, markup: 'markdown', turned: null, usage }
}

function invalid(state: string, usage: Usage | null): OcrError {
  return new OcrError('ENGINE_OUTPUT_INVALID', `Cannot read answer: ${state}`, { usage })
}

function suspect(state: string, usage: Usage | null): OcrError {
  return new OcrError('SUSPECT_OUTPUT', `Cannot accept answer: ${state}`, { usage })
}
