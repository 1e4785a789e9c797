import MarkdownIt from 'markdown-it'

import { formulaRules } from './formula-rules.ts'

/** Longest Markdown that is turned into HTML, in characters: some 30 dense pages. */
export const MAX_MARKDOWN_LENGTH = 100_000

/** Level of the highest heading: the page itself and the document have the two above it. */
const FIRST_LEVEL = 3

/** An image; bounded, because every `![` of a hostile text is tried. */
const IMAGE = /!\[([^[\]\n]{0,300})\]\([ \t]{0,9}([^\s()<>]{1,300})[^()\n]{0,100}\)/y

/**
 * HTML of a page's Markdown. It is as hostile as the page: `sanitizeHtml` comes next. Formulas are
 * elements with `data-formula`; tables that were Markdown have `data-parsed`, because the formulas in
 * their cells were found.
 */
export function markdownToHtml(markdown: string): string {
  return markdownIt.render(markdown.slice(0, MAX_MARKDOWN_LENGTH))
}

const markdownIt = createMarkdownIt()

function createMarkdownIt(): MarkdownIt {
  // HTML, because engines write tables in it. No `linkify`: nobody has to be led off the page.
  const made = new MarkdownIt({ html: true, linkify: false })
  made.use(formulaRules)
  // The library's own rule takes quadratic time for `![![![`.
  made.inline.ruler.at('image', (state, isSilent) => {
    IMAGE.lastIndex = state.pos
    const [all = '', alt = '', src = ''] = IMAGE.exec(state.src) ?? []
    if (all === '') return false
    if (!isSilent) {
      const token = state.push('picture', 'img', 0)
      token.attrs = [
        ['src', src],
        ['alt', alt],
      ]
    }
    state.pos += all.length
    return true
  })
  made.core.ruler.push('page_outline', ({ tokens }) => {
    let last = FIRST_LEVEL - 1
    for (const token of tokens) {
      if (token.type === 'table_open') token.attrSet('data-parsed', '')
      if (token.type === 'td_open' || token.type === 'th_open') alignByAttribute(token)
      if (token.type === 'heading_open')
        last = Math.min(6, last + 1, Number(token.tag.slice(1)) + FIRST_LEVEL - 1)
      if (token.type.startsWith('heading_')) token.tag = `h${last}`
    }
  })
  return made
}

type Token = ReturnType<MarkdownIt['parse']>[number]

// Styles do not get through: the policy of the page forbids them.
function alignByAttribute(token: Token): void {
  const align = /^text-align:(left|center|right)$/.exec(token.attrGet('style') ?? '')?.[1]
  token.attrs = align === undefined ? null : [['align', align]]
}
