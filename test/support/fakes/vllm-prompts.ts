import { createHash } from 'node:crypto'

/** What every dots prompt begins with. */
const DOTS_PREFIX = '<|img|><|imgpad|><|endofimg|>'

/** A box as Python prints a list of whole numbers. */
const BOX = /\n\[\d+, \d+, \d+, \d+\]$/

/** Digests of the four prompts that dots.ocr knows: dots_ocr/utils/prompts.py of its repository. */
const DOTS_DIGESTS = new Set([
  '16ff71ac5d218f35',
  'd10f3720942d901f',
  '8ee4c4b75c200c7f',
  'b18d62ea1e661977',
])

/** Digests of the five whole prompts in the README of DeepSeek-OCR; "locate" has a word in it. */
const DEEPSEEK_DIGESTS = new Set([
  '00a105b332827a24',
  '5fb7a691a5fc4892',
  '8261c4fec7b80554',
  'db9d21a62820031d',
  '4be24e4ec75714e1',
])

/** What is wrong with the words of a request for dots.ocr. */
export function dotsPromptProblems(text: string): string[] {
  const found: string[] = []
  if (!text.startsWith(DOTS_PREFIX)) found.push('the placeholder prefix is missing')
  if (text.split('<|imgpad|>').length !== 2) found.push('there is not one image placeholder')
  const words = text.replace(DOTS_PREFIX, '').replace(BOX, '\n')
  if (!DOTS_DIGESTS.has(digestOf(words))) found.push('the prompt is none of the model')
  return found
}

/** What is wrong with the words of a request for DeepSeek-OCR; a caller's may be any. */
export function deepseekPromptProblems(
  text: string,
  { takesAnyPrompt = false }: { readonly takesAnyPrompt?: boolean } = {},
): string[] {
  const found: string[] = []
  const count = text.split('<image>').length - 1
  if (count !== 1) found.push(`${count} image placeholders`)
  const isKnown = DEEPSEEK_DIGESTS.has(digestOf(text))
  if (!isKnown && !takesAnyPrompt) found.push('the prompt is none of the model')
  return found
}

function digestOf(words: string): string {
  return createHash('sha256').update(words).digest('hex').slice(0, 16)
}
