/**
 * The prompts that DeepSeek-OCR was trained on, word for word, without the trailing space that some
 * examples have. MIT.
 *
 * @see https://github.com/deepseek-ai/DeepSeek-OCR, README
 */
export const DEEPSEEK_PROMPTS = {
  /** A document as Markdown, every part with its place. */
  markdown: '<image>\n<|grounding|>Convert the document to markdown.',
  /** Any other image, with places. */
  image: '<image>\n<|grounding|>OCR this image.',
  /** Text without places. */
  plainText: '<image>\nFree OCR.',
  figure: '<image>\nParse the figure.',
  describe: '<image>\nDescribe this image in detail.',
} as const

const IMAGE = '<image>'

/**
 * A prompt with one `<image>` exactly: extra ones are taken out, a missing one is put first. vLLM
 * refuses a prompt with more of them than there are images.
 */
export function withOneImage(prompt: string): string {
  const first = prompt.indexOf(IMAGE)
  if (first === -1) return `${IMAGE}\n${prompt}`
  const end = first + IMAGE.length
  let rest = prompt.slice(end)
  // Taking one out may make another of what stood around it.
  while (rest.includes(IMAGE)) rest = rest.replaceAll(IMAGE, '')
  return prompt.slice(0, end) + rest
}
