/*
 * The bodies of the dots document, copied letter by letter, so that the comparison runs without the
 * document. A test compares the copies with the document.
 */

/** Documented bodies, in their order. */
export const DOTS_EXAMPLES = {
  health: { status: 'healthy', model_loaded: true },
  request: {
    image: '图像数据',
    image_format: 'path|url|base64',
    prompt_type: 'prompt_layout_all_en',
    temperature: 0.1,
    top_p: 1.0,
    max_new_tokens: 12000,
    stream: false,
  },
  path: { image: '/path/to/image.jpg', image_format: 'path' },
  url: { image: 'https://example.com/image.jpg', image_format: 'url' },
  base64: { image: 'iVBORw0KGgoAAAANSUhEUgAAAB...', image_format: 'base64' },
  answer: {
    model: 'dots-ocr',
    response: 'OCR处理结果',
    prompt_type: 'prompt_layout_all_en',
  },
  stream: [
    {
      model: 'dots-ocr',
      created_at: '2024-01-01T10:00:00.000000',
      response: '部分结果',
      done: false,
    },
    {
      model: 'dots-ocr',
      created_at: '2024-01-01T10:00:01.000000',
      response: '更多结果',
      done: false,
    },
    { model: 'dots-ocr', created_at: '2024-01-01T10:00:02.000000', response: '', done: true },
  ],
  error: { error: '错误描述信息' },
  noImage: { error: 'No image data provided' },
  wrongPromptType: {
    error:
      "Invalid prompt_type. Must be one of: ['prompt_layout_all_en', 'prompt_layout_only_en', 'prompt_ocr', 'prompt_grounding_ocr']",
  },
  busy: { error: 'Server is busy processing another request' },
  notLoaded: { error: 'Model not loaded' },
} as const

/** What the document's own samples send, less the image. */
export const DOTS_SAMPLES = {
  curlPath: { image_format: 'path', prompt_type: 'prompt_layout_all_en' },
  curlBase64: { image_format: 'base64', prompt_type: 'prompt_ocr' },
  curlStream: { image_format: 'path', stream: true },
  python: {
    image_format: 'path',
    prompt_type: 'prompt_layout_all_en',
    temperature: 0.1,
    max_new_tokens: 12000,
    stream: false,
  },
} as const

/** The JSON bodies of the document in their order; a block of lines is an array. */
export function examplesOf(document: string): unknown[] {
  return [...document.matchAll(/```json\n([^`]*)```/g)].map(([, block = '']) => {
    const lines = block.trim().split('\n')
    const isLines = lines.length > 1 && lines.every((line) => line.startsWith('{"'))
    return isLines ? lines.map((line): unknown => JSON.parse(line)) : JSON.parse(block)
  })
}

/** The JSON that the document's curl samples send, in their order. */
export function curlBodiesOf(document: string): unknown[] {
  return [...document.matchAll(/-d '([^']*)'/g)].map(([, body = '']): unknown => JSON.parse(body))
}
