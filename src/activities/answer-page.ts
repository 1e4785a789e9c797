import type { ModelQuestion } from '../contract/document.ts'
import type { BoundingBox } from '../contract/page.ts'
import type { AnswerOptions, OcrEngine, PageImage, Recognition } from '../engines/engine.ts'
import { OcrError } from '../platform/errors.ts'
import { openTextRelay } from './relay-text.ts'

/** A page, and what a caller asks about it. */
export type PageQuestion = {
  readonly image: PageImage
  readonly question: ModelQuestion
  /** Where the answer is posted while it is written; `null`: nowhere. */
  readonly relayUrl: string | null
  readonly options: AnswerOptions
}

/**
 * Asks a caller's own question about a page. The answer is one block over the whole page, letter for
 * letter; none where it is blank.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` for an engine that takes no questions, and what it throws
 */
export async function answerPage(engine: OcrEngine, page: PageQuestion): Promise<Recognition> {
  const { text, isWhole, usage } = await ask(engine, page)
  const { widthPx, heightPx } = page.image
  const bbox: BoundingBox = [0, 0, widthPx, heightPx]
  return {
    blocks: text.trim() === '' ? [] : [{ bbox, category: 'text', text, confidence: null }],
    markup: 'plain',
    turned: null,
    warnings: isWhole ? [] : ['OUTPUT_INCOMPLETE'],
    usage,
  }
}

async function ask(engine: OcrEngine, { image, question, relayUrl, options }: PageQuestion) {
  if (engine.answer === undefined) {
    throw new OcrError('ENGINE_MISCONFIGURED', 'Cannot ask engine: it takes no questions')
  }
  if (relayUrl === null) return engine.answer(image, question, options)
  await using relay = openTextRelay(relayUrl, options.signal)
  const onText = (piece: string): void => relay.write(piece)
  const answer = await engine.answer(image, question, { ...options, onText })
  await relay.end()
  return answer
}
