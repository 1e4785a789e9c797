/** A part of an answer: what a tag said, and the text up to the next tag. */
export type GroundedPart = {
  /** `null`: the text before the first tag. */
  readonly label: string | null
  /** As the model wrote them, 0 to 999 of the page; unchecked. */
  readonly boxes: readonly unknown[]
  readonly text: string
}

/** What an answer consists of. */
export type Grounding = {
  readonly parts: readonly GroundedPart[]
  /** Broken tags were taken out. */
  readonly isRepaired: boolean
}

// Neither part runs over another tag, so that reading stays linear.
const TAG = new RegExp(
  String.raw`<\|ref\|>((?:(?!<\|)[^]){0,2000})<\|/ref\|>\s{0,8}<\|det\|>((?:(?!<\|)[^]){0,20000})<\|/det\|>`,
  'g',
)
const END_TOKEN = /<｜end▁of▁sentence｜>/g
const STRAY_TAG = /<\|\/?(?:ref|det|grounding)\|>|<image>|<｜[^<>｜]{1,40}｜>/g
const CONTROL_TOKEN = /<｜[^<>｜]{1,40}｜>/g
const MAX_BOXES = 1_000

/**
 * An answer as it is, less the model's control tokens (`<｜end▁of▁sentence｜>`) and the blanks around
 * it: what the model's own scripts print. Places stay: who asked for them wants them.
 */
export function withoutControlTokens(answer: string): string {
  return answer.replaceAll(CONTROL_TOKEN, '').trim()
}

/**
 * Reads an answer with grounding tags: `<|ref|>LABEL<|/ref|><|det|>[[x1, y1, x2, y2], …]<|/det|>`
 * and the text that belongs to it. Takes any text; never evaluates it.
 */
export function parseGrounding(answer: string): Grounding {
  const text = answer.replaceAll(END_TOKEN, '')
  const parts: GroundedPart[] = []
  let isRepaired = false
  const add = (part: GroundedPart): void => {
    const cleaned = cleanText(part.text)
    isRepaired ||= cleaned !== tidy(part.text)
    if (part.label !== null || cleaned !== '') parts.push({ ...part, text: cleaned })
  }

  let tag: Pick<GroundedPart, 'label' | 'boxes'> = { label: null, boxes: [] }
  let end = 0
  for (const match of text.matchAll(TAG)) {
    add({ ...tag, text: text.slice(end, match.index) })
    tag = { label: (match[1] ?? '').trim(), boxes: parseBoxes(match[2] ?? '') }
    end = match.index + match[0].length
  }
  add({ ...tag, text: text.slice(end) })
  return { parts, isRepaired }
}

/** A list of boxes, or one box; none where it is no JSON. */
function parseBoxes(list: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(list)
    if (!Array.isArray(parsed)) return []
    return parsed.some(Array.isArray) ? parsed.slice(0, MAX_BOXES) : [parsed]
  } catch {
    return []
  }
}

function cleanText(text: string): string {
  return tidy(text.replaceAll(STRAY_TAG, ''))
}

/** As the model's own scripts tidy up. */
function tidy(text: string): string {
  return text
    .replaceAll(String.raw`\coloneqq`, ':=')
    .replaceAll(String.raw`\eqqcolon`, '=:')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
