import MarkdownIt, { type Token } from 'markdown-it'

/** What a document consists of, its words aside. */
export type MarkdownStructure = {
  /** Level and text of each heading. */
  readonly headings: readonly { readonly level: number; readonly text: string }[]
  /** Each row of each table as the code in its cells. */
  readonly tables: readonly (readonly string[])[]
  /** Where its links and images lead, in order. */
  readonly links: readonly string[]
  /** Names that links can lead to, as GitHub makes them from the headings. */
  readonly anchors: ReadonlySet<string>
}

/** Reads a document. */
export function readStructure(markdown: string): MarkdownStructure {
  const tokens = new MarkdownIt({ html: true, linkify: false }).parse(markdown, {})
  const headings = tokens.flatMap((token, place) =>
    token.type === 'heading_open'
      ? [{ level: Number(token.tag.slice(1)), text: plainText(tokens[place + 1]) }]
      : [],
  )
  return {
    headings,
    tables: readTables(tokens),
    links: tokens.flatMap(linksOf),
    anchors: new Set(anchorsOf(headings.map(({ text }) => text))),
  }
}

function readTables(tokens: readonly Token[]): string[][] {
  const tables: string[][] = []
  for (const [place, { type }] of tokens.entries()) {
    if (type === 'table_open') tables.push([])
    if (type === 'tr_open') tables.at(-1)?.push(codeOfRow(tokens.slice(place)))
  }
  return tables
}

function codeOfRow(tokens: readonly Token[]): string {
  const row = tokens.slice(
    0,
    tokens.findIndex(({ type }) => type === 'tr_close'),
  )
  return row
    .filter(({ type }) => type === 'inline')
    .map(({ children }) =>
      (children ?? [])
        .filter(({ type }) => type === 'code_inline')
        .map(({ content }) => content)
        .join(' '),
    )
    .join(' | ')
}

function plainText(token: Token | undefined): string {
  return (token?.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('')
}

function linksOf(token: Token): string[] {
  const own = [token.attrGet('href'), token.attrGet('src')].filter((link) => link !== null)
  const isHtml = token.type === 'html_block' || token.type === 'html_inline'
  const inHtml = isHtml
    ? [...token.content.matchAll(/\b(?:href|src|srcset)="([^"]*)"/g)].map(([, link = '']) => link)
    : []
  return [...own, ...inHtml, ...(token.children ?? []).flatMap(linksOf)]
}

/** As GitHub does: lower case, no punctuation, hyphens for spaces, a number for each repetition. */
function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return headings.map((heading) => {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    return times === 0 ? name : `${name}-${times}`
  })
}
