import type { DotsPromptType, ModelQuestion } from '../../../contract/document.ts'
import { IMAGE_FORMATS, optionsSchema, PROMPT_TYPES } from './schemas.ts'

/** A request to read an image. */
export type OcrRequest = {
  /** By `imageFormat`; not empty. */
  readonly image: string
  readonly imageFormat: (typeof IMAGE_FORMATS)[number]
  readonly promptType: DotsPromptType
  readonly isStreamed: boolean
  readonly question: ModelQuestion
}

/** Why a request is refused, in the words of the document. */
export type Refusal = { readonly refusal: string }

// As Python prints a list: "Must be one of: ['prompt_layout_all_en', …]".
const INVALID_PROMPT_TYPE = `Invalid prompt_type. Must be one of: [${PROMPT_TYPES.map((name) => `'${name}'`).join(', ')}]`

/** A body that has passed the documented checks, up to the one whether the server is busy. */
export type ImageFields = Pick<OcrRequest, 'imageFormat' | 'promptType'> & {
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Reads what the document checks before it looks for a place: image, prompt type, image format. Of
 * several mistakes, the one that is documented first is told.
 */
export function readImageFields(body: unknown): ImageFields | Refusal {
  if (!isObject(body)) return { refusal: 'No JSON data provided' }
  const { image, image_format = 'path', prompt_type = 'prompt_layout_all_en' } = body
  if (image === undefined || image === null || image === '')
    return { refusal: 'No image data provided' }
  const promptType = PROMPT_TYPES.find((known) => known === prompt_type)
  if (promptType === undefined) return { refusal: INVALID_PROMPT_TYPE }
  const imageFormat = IMAGE_FORMATS.find((known) => known === image_format)
  if (imageFormat === undefined)
    return { refusal: `Unsupported image format: ${printable(image_format)}` }
  return { body, imageFormat, promptType }
}

/** Reads the types of all fields, once there is a place for the request. */
export function readFields({ body, imageFormat, promptType }: ImageFields): OcrRequest | Refusal {
  const { image } = body
  if (typeof image !== 'string') return { refusal: 'Invalid image: expected a string' }
  const options = optionsSchema.safeParse(body)
  if (!options.success) {
    const issue = options.error.issues[0]
    const field = String(issue?.path[0] ?? 'request')
    return { refusal: `Invalid ${field}: ${issue?.message ?? 'wrong value'}` }
  }
  const { temperature, top_p: topP, max_new_tokens: maxTokens, stream, raw, bbox } = options.data
  return {
    image,
    imageFormat,
    promptType,
    isStreamed: stream,
    question: {
      model: 'dots',
      promptType,
      temperature,
      topP,
      maxTokens,
      bbox: promptType === 'prompt_grounding_ocr' ? (bbox ?? null) : null,
      // Pieces are passed on before anybody could bring them into form.
      isRaw: raw || stream,
    },
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The start of what was sent as a format, in one line. */
function printable(value: unknown): string {
  if (typeof value !== 'string') return `(${value === null ? 'null' : typeof value})`
  return value
    .slice(0, 40)
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '_')
}
