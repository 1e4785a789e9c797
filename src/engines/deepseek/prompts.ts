/*
 * The prompts that DeepSeek-OCR was trained on and that we ask ourselves, to the byte, without the
 * trailing space that some examples have; callers of the DeepSeek dialect bring their own. From
 * https://github.com/deepseek-ai/DeepSeek-OCR, README, MIT licence.
 */

/** Asks for a document as Markdown, every part with its place. */
export const MARKDOWN_PROMPT = '<image>\n<|grounding|>Convert the document to markdown.'

/** Asks for the text, without places. */
export const PLAIN_TEXT_PROMPT = '<image>\nFree OCR.'

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
