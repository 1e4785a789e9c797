import type { DotsPromptType, ModelQuestion } from '../../contract/document.ts'
import type { ModelAnswer, PageImage, PixelShare } from '../engine.ts'
import type { ChatCall } from '../model-server/chat-client.ts'
import { layoutForCaller } from './layout-for-caller.ts'
import type { Ask } from './page-dialog.ts'
import {
  besideImage,
  LAYOUT_ONLY_PROMPT,
  LAYOUT_PROMPT,
  REGION_PROMPT,
  regionPrompt,
  TEXT_PROMPT,
} from './prompts.ts'
import { toSentPixels, type SeenPage } from './seen-page.ts'
import { toSentImage } from './sent-image.ts'

/** A question that a caller asks dots.ocr himself. */
export type DotsQuestion = Extract<ModelQuestion, { readonly model: 'dots' }>

/** A page, and how it is asked about. */
export type QuestionedPage = {
  readonly image: PageImage
  readonly pixelShare: PixelShare
  readonly ask: Ask
  readonly call: ChatCall
}

const PROMPTS: Readonly<Record<DotsPromptType, string>> = {
  prompt_layout_all_en: LAYOUT_PROMPT,
  prompt_layout_only_en: LAYOUT_ONLY_PROMPT,
  prompt_ocr: TEXT_PROMPT,
  prompt_grounding_ocr: REGION_PROMPT,
}

/**
 * What the model says to a caller's question: one prompt with the caller's sampling, and no ladder.
 *
 * A whole layout comes as JSON with boxes in pixels of the page's image, unless it is wanted raw.
 * Anything else, an answer that was cut short included, comes as the model wrote it.
 *
 * @throws {OcrError} what `ask` and `toSentImage` throw
 */
export async function answerQuestion(
  question: DotsQuestion,
  { image, pixelShare, ask, call }: QuestionedPage,
): Promise<ModelAnswer> {
  call.signal.throwIfAborted()
  const sent = await toSentImage(image, pixelShare)
  const page = { image, sent }
  // The reply of a loop is cut where the loop begins; the caller gets all that he was streamed.
  let raw = ''
  const reply = await ask(
    {
      prompt: besideImage(promptOf(question, page)),
      png: sent.png,
      fields: {
        temperature: question.temperature,
        top_p: question.topP,
        max_completion_tokens: question.maxTokens,
      },
    },
    {
      ...call,
      onText(piece) {
        raw += piece
        call.onText?.(piece)
      },
    },
  )
  const isWhole = reply.finish === 'stop'
  const layout = isWhole && !question.isRaw ? layoutOf(raw, question, page) : null
  return { text: layout ?? raw, isWhole, usage: reply.usage }
}

function promptOf({ promptType, bbox }: DotsQuestion, page: SeenPage): string {
  if (promptType !== 'prompt_grounding_ocr' || bbox === null) return PROMPTS[promptType]
  return regionPrompt(toSentPixels(bbox, page))
}

function layoutOf(answer: string, { promptType }: DotsQuestion, page: SeenPage): string | null {
  switch (promptType) {
    case 'prompt_layout_all_en':
      return layoutForCaller(answer, { page, hasText: true })
    case 'prompt_layout_only_en':
      return layoutForCaller(answer, { page, hasText: false })
    case 'prompt_ocr':
    case 'prompt_grounding_ocr':
      return null
  }
}
